#!/bin/sh
# With this, an OpenVPN 2.6 server of your own asks ClientVpnAdmin's handler about each connection, as AWS Client VPN would. In the server's
# configuration (docs/openvpn.md):
#
#   script-security 2
#   auth-user-pass-verify /path/to/deploy/openvpn/client-connect-handler.sh via-env
#   auth-user-pass-optional
#   setenv HANDLER /path/to/ClientVpnAdmin.Handler
#   setenv RULE_STORE sqlite:/path/to/rules.db
#   setenv ENDPOINT_ID cvpn-endpoint-openvpn
#
# OpenVPN's manual, "auth-user-pass-verify": exit 0 allows, 1 denies with the message in auth_failed_reason_file, and 2 puts it off until
# 1 (allow) or 0 is in auth_control_file. Put off, since OpenVPN stands still for everybody while it waits for a script, and the handler
# may need seconds when its store is away. It needs jq, which writes names as JSON whatever characters they have.
set -u

connection_event() {
  jq -n '$ENV | {
    "connection-id": "openvpn-\(now | floor)-\(.untrusted_port // "")",
    "endpoint-id": (.ENDPOINT_ID // "cvpn-endpoint-openvpn"),
    "common-name": (.common_name // ""),
    "username": (.username // ""),
    "platform": (.IV_PLAT // ""),
    "platform-version": (.IV_PLAT_VER // ""),
    # Both are there when a connection has changed from one to the other, and nothing says which is the newer: such an event is denied.
    "public-ip": ([.untrusted_ip, .untrusted_ip6 | values] | join(" and ")),
    "client-openvpn-version": (.IV_VER // ""),
    "aws-client-version": "",
    "groups": "",
    "schema-version": "v3"
  }'
}

# Prints "yes", or "no" and the message, and ends as jq does. NUL and RS, which jq passes over, become a character that no answer has.
verdict() {
  connection_event | "${HANDLER:-HANDLER-is-not-set}" - | tr '\000\036' '\001\001' | jq -rs '
    if length == 1 and (.[0] | type == "object" and (tojson | contains("\\u0001") | not)) then .[0] else {} end
    | if .allow == true then "yes"
      elif .allow == false then "no " + (."error-msg-on-denied-connection" | strings)
      else "no " end'
}

decide() {
  answer=$(verdict) || answer=
  [ "$answer" = yes ] && return 0
  message=${answer#no }
  # Without a message the handler couldn't run.
  printf '%s' "${message:-Connection denied (rules-unavailable). Please contact your administrator.}" >&4
  return 1
}

# Opened now: when the client leaves before the answer, OpenVPN removes them, and they must not come back.
exec 3>"${auth_control_file:-/dev/null}" 4>"${auth_failed_reason_file:-/dev/null}"
if [ -n "${auth_control_file:-}" ]; then
  if decide; then echo 1; else echo 0; fi >&3 &
  exit 2
fi
decide
