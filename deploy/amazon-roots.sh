#!/usr/bin/env bash
# usage: deploy/amazon-roots.sh FILE
# Writes the root certificates of Amazon Trust Services, which sign what AWS's services present, into FILE as PEM. They come out of this
# machine's trust store, or out of the PEM file that SYSTEM_ROOTS names, by their SHA-256 fingerprint; it fails if one is missing.
# These five are what Amazon advises for a trust store of one's own: https://www.amazontrust.com/repository/
set -euo pipefail
file=${1:?Give the file to write.}
declare -A roots=(
  [8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e]="Amazon Root CA 1"
  [1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4]="Amazon Root CA 2"
  [18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4]="Amazon Root CA 3"
  [e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092]="Amazon Root CA 4"
  [568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5]="Starfield Services Root Certificate Authority - G2"
)

for system in ${SYSTEM_ROOTS:-/etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt}; do # Debian's, Amazon Linux's
  [ ! -r "$system" ] || break
done
[ -r "$system" ] || { echo "There is no $system: install ca-certificates, or name a PEM file in SYSTEM_ROOTS." >&2; exit 1; }

declare -A found
base64=
while read -r line || [ -n "$line" ]; do
  line=${line%$'\r'}
  case $line in
    -----BEGIN*) base64= ;;
    -----END\ CERTIFICATE-----)
      fingerprint=$(base64 -d <<<"$base64" | sha256sum)
      fingerprint=${fingerprint%% *}
      [ -z "${roots[$fingerprint]:-}" ] || found[$fingerprint]=$base64
      ;;
    *) base64+=$line$'\n' ;;
  esac
done <"$system"

pem=
is_complete=1
for fingerprint in $(printf '%s\n' "${!roots[@]}" | sort); do # so that any builder's store makes the same file
  if [ -z "${found[$fingerprint]:-}" ]; then
    echo "$system has no ${roots[$fingerprint]} (SHA-256 $fingerprint): bring ca-certificates up to date." >&2
    is_complete=
  else
    base64=$(base64 -d <<<"${found[$fingerprint]}" | base64 -w 64)
    pem+="# ${roots[$fingerprint]}"$'\n-----BEGIN CERTIFICATE-----\n'"$base64"$'\n-----END CERTIFICATE-----\n'
  fi
done
[ -n "$is_complete" ] || exit 1
printf %s "$pem" >"$file"
