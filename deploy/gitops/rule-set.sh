#!/usr/bin/env bash
# The rules of ClientVpnAdmin in a file of a Git repository: see --help, and docs/gitops.md.
set -euo pipefail

usage() {
  cat <<'END'
Keeps the rules of ClientVpnAdmin in a file, for example of a Git repository.

  rule-set.sh export FILE              writes the portal's rules to the file
  rule-set.sh preview [options] FILE   says what applying the file would change, and for whom; changes nothing
  rule-set.sh apply [options] FILE     makes the portal's rules those of the file

  --comment TEXT    why, in at most 500 characters; it is kept with the revision (apply)
  --removals N      refuses unless exactly so many ranges and entries are removed; default: as many as the preview says
  --force           does it though rule tests break, more than half of the users or you would be denied, or an address is there twice

preview and apply print Markdown on standard output, fit for the comment of a pull request. Everything else is on standard error.

Exit codes:
  0  there is nothing to change (preview); the rules are those of the file now (apply, export)
  2  it would change something, and nothing refuses it (preview)
  3  it is refused, and nothing was changed: the Markdown says why (the file has errors, rule tests would break, people would be locked out,
     or somebody changed the rules at the same time)
  1  it could not be tried: no network, no valid sign-in, no such portal, the portal can't use its store, wrong arguments

Environment:
  PORTAL_URL          the portal's address, such as https://abc123.execute-api.ap-northeast-1.amazonaws.com
  PORTAL_TOKEN        a bearer token; or
  PORTAL_TOKEN_FILE   a file that has one; or
  PORTAL_AWS_SIGV4    the AWS region, where the portal signs in by IAM: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a session,
                      AWS_SESSION_TOKEN sign the calls
preview and export need the role reader, apply the role editor.
The script needs bash 4.4, curl 7.76 and jq 1.6, or later ones.
END
}

# The exit code is decided here alone: whatever else ends the script, such as a program that fails, is "it could not be tried".
result=1 work=
finish() {
  result=$1
  exit
}
clean_up() {
  [[ -z $work ]] || rm -rf "$work"
  exit "$result"
}
trap clean_up EXIT

fail() {
  printf 'rule-set.sh: %s\n' "$1" >&2
  exit 1
}

# A line of curl's configuration, which it reads from a pipe: neither its arguments nor a file have the secret.
setting() {
  [[ $2 != *[[:cntrl:]]* ]] || fail 'The sign-in has a line break or another control character in it: give the token alone.'
  local value=${2//\\/\\\\}
  printf '%s = "%s"\n' "$1" "${value//\"/\\\"}"
}

sign_in() {
  local token=${PORTAL_TOKEN:-}
  if [[ -n ${PORTAL_AWS_SIGV4:-} ]]; then
    [[ -n ${AWS_ACCESS_KEY_ID:-} && -n ${AWS_SECRET_ACCESS_KEY:-} ]] || fail 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
    setting aws-sigv4 "aws:amz:$PORTAL_AWS_SIGV4:execute-api"
    setting user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"
    [[ -z ${AWS_SESSION_TOKEN:-} ]] || setting header "X-Amz-Security-Token: $AWS_SESSION_TOKEN"
  else
    [[ -n $token || -z ${PORTAL_TOKEN_FILE:-} ]] || token=$(<"$PORTAL_TOKEN_FILE")
    [[ -n $token ]] || fail 'Set PORTAL_TOKEN, PORTAL_TOKEN_FILE or PORTAL_AWS_SIGV4: see --help.'
    setting header "Authorization: Bearer $token"
  fi
}

# call PATH ARGUMENTS...: leaves the answer in $work/answer, its headers in $work/headers, and its status in $status.
call() {
  local path=$1
  shift
  status=$(curl --disable --silent --show-error --compressed --max-time 120 --config - --output "$work/answer" \
    --dump-header "$work/headers" --write-out '%{http_code}' "$@" "${PORTAL_URL%/}/api$path" < <(printf '%s\n' "$sign_in")) \
    || fail "The portal can't be reached at $PORTAL_URL."
}

# Ends unless the last call was answered as it should be: with 200, or with a refusal that the file or the rules are the reason of.
check() {
  case $status in
    200) return ;;
    400 | 409 | 412 | 413)
      if [[ $command != export ]]; then
        markdown refused "$work/answer"
        finish 3
      fi ;;
    401) fail 'The portal does not know this sign-in (401): the token may have expired.' ;;
    403) fail "The sign-in's role does not allow this (403): preview needs the role reader, apply the role editor." ;;
    404 | 405) fail "There is no such call at $PORTAL_URL ($status): is it the portal's address, of the same version as this script?" ;;
  esac
  fail "The portal answered $status: $(jq -r '.detail' "$work/answer" 2>/dev/null || echo 'it did not say why.')"
}

etag() {
  local line
  while IFS= read -r line; do
    if [[ ${line,,} == etag:* ]]; then
      line=${line#*: }
      printf '%s' "${line%$'\r'}"
      return
    fi
  done <"$work/headers"
  fail "The portal's answer has no ETag."
}

encoded() { jq -rn --arg text "$1" '$text | gsub("\\p{Cc}+"; " ") | .[:500] | @uri'; }

# Previews the file against the rules as they are now, whose ETag is then in $etag. $verdict becomes nothing, change or refused.
preview() {
  call /rule-set --head
  check
  etag=$(etag)
  call "/preview/rule-set${force:+?force=true}" --request PUT --header 'Content-Type: application/json' --header "If-Match: $etag" \
    --data-binary "@$file"
  check
  mv "$work/answer" "$work/preview"
  verdict=$(jq -r --arg force "$force" '
    if [.changes | (.ranges, .addressLists, .denialMessages, .ruleTests | .addedCount, .removedCount, .changedCount),
      (.entries, .settings | length)] | add == 0 then "nothing"
    elif .needsForce and $force == "" then "refused"
    else "change" end' "$work/preview") || fail "The portal's answer is no preview."
}

# Text of anybody's in Markdown: it can't end a cell of a table, be a link, an image or HTML, nor mention people or issues.
# Of the addresses and ids that the portal itself writes, none needs that.
# shellcheck disable=SC2016 # these are jq's variables
markdown() {
  jq -r --arg how "$1" '
    def text: tostring
      | gsub("[\\p{Cc}\\x{2028}\\x{2029}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}]"; " ")
      | (if length > 200 then .[:200] + "…" else . end)
      | gsub("(?<c>[\\\\`*_{}\\[\\]<>&|~:#@!$^])"; "\\\(.c)")
      | gsub("(?<c>[@#])"; "\(.c)&#8203;")
      | gsub("www\\."; "www\\.");
    def code: tostring | gsub("[^0-9A-Za-z.:/_\\[\\] -]"; "?") | "`\(.)`";
    def value: if . == null then "none" elif . == [] then "none" elif . == "" then "empty" elif type == "string" then text
      elif type == "array" and all(.[]; type == "string")
        then (.[:20] | map(text) | join(", ")) + (if length > 20 then " and \(length - 20) more" else "" end)
      else tojson | text end;
    def count(n; what): "\(n) \(what)\(if n == 1 then "" else "s" end)";
    def message: "denial message for \(if .endpointId then .endpointId | code else "any endpoint" end)"
      + " and \(if .reason then .reason | code else "any reason" end)";
    def name(kind):
      if kind == "range" then "range \(.cidr // .addressListId // "" | code)"
        + (if (.description // "") == "" then "" else " \(.description | text)" end)
      elif kind == "address list" then "address list \(.name // "" | text)"
      elif kind == "denial message" then message
      else "rule test \(.description // "" | text)" end;
    def facts: [to_entries[]
      | select(.key | IN("id", "cidr", "name", "description", "createdAt", "createdBy", "updatedAt", "updatedBy") | not)
      | select(.value != null and .value != [] and .value != "" and .value != true or .key == "allowed")
      | select(.key != "source" or .value.kind != "manual")
      | "\(.key): \(.value | if type == "object" then with_entries(select(.value != null and .value != [])) else . end | value)"]
      | join("; ");
    def fields: map("\(.field): \(.from | value) → \(.to | value)") | join("; ");
    def rows(kind):
      (.removed[] | "| **removed** | \(name(kind)) | \(facts) |"),
      (.changed[] | "| changed | \(.object | name(kind)) | \(.fields | fields) |"),
      (.added[] | "| added | \(name(kind)) | \(facts) |");
    def some(blocks; n): if n == 0 then "" else
      ": " + (blocks[:10] | map(.cidr | code) | join(", ")) + (if n > 10 then " …" else "" end) end;
    def entries:
      .entries[] | "| \(if .removedCount > 0 then "**changed**" else "changed" end) | entries of \(.addressListName | text) "
        + "| \(.addedCount) added\(some(.added; .addedCount)); \(.removedCount) removed\(some(.removed; .removedCount)) |";
    def tally(f): [.ranges, .addressLists, .denialMessages, .ruleTests | f] | add;
    def tests: if length == 0 then empty else
      "", "### Broken rule tests", "", "| test | must be | would be |", "| --- | --- | --- |",
      (.[:30][] | "| \(.description | text) | \(if .expected then "allowed" else "denied" end) | "
        + (if .reason then "denied, \(.reason | code)" else "allowed" end) + " |"),
      (if length > 30 then "| and \(length - 30) more | | |" else empty end) end;
    def people(some; total): (some[:30] | map(.name | text) | join(", ")) + (if total > 30 then " and others." else "." end);
    def impact:
      "", "### Whom it affects", "",
      if .decisions == 0 then "No decisions are recorded of the last \(count(.days; "day")), so nobody knows." else
      "Of \(count(.decisions; "decision")) of the last \(count(.days; "day")), **\(.newlyDenied) would be denied** that came in, "
        + "\(.newlyAllowed) would come in that were denied, and \(.otherReason) would have another reason."
      end,
      (if .isComplete then empty else "There are more decisions; only the newest were looked at." end),
      (if (.unreadable // 0) > 0 then "Decisions that could not be read, and are not counted: \(.unreadable)." else empty end),
      (if .losingCount > 0 then
        "", "Denied: \(.losingCount) of the \(count(.allowedUsers; "user")) who came in: \(people(.losing; .losingCount))"
        else empty end),
      (if .locksOut then "**That is more than half of them.**" else empty end),
      (if .gainingCount > 0 then
        "", "Let in: \(count(.gainingCount; "user")) that stayed out: \(people(.gaining; .gainingCount))"
        else empty end);
    def changes:
      (tally(.addedCount) + tally(.changedCount) + tally(.removedCount) + (.settings + .entries | length)) as $all
      | "**\(tally(.addedCount)) added, \(tally(.changedCount)) changed, \(tally(.removedCount)) removed**"
        + (if .settings != [] then ", and \(count(.settings | length; "setting"))" else "" end)
        + (if .entries != [] then ", and the entries of \(count(.entries | length; "address list"))" else "" end)
        + ", against revision \(.from).",
      (if any(.settings[]; .field == "enforcement" and .to == "report-only")
        then "", "**Every connection would be let in**: denials would only be reported." else empty end),
      "", "| change | what | details |", "| --- | --- | --- |",
      ([limit(80;
        (.settings[] | "| changed | settings | \([.] | fields) |"),
        (.ranges | rows("range")),
        (.addressLists | rows("address list")),
        entries,
        (.denialMessages | rows("denial message")),
        (.ruleTests | rows("rule test")))]
      | [foreach .[] as $row (0; . + ($row | length); if . < 40000 then $row else empty end)] as $shown # a comment takes 65,536
      | $shown[], if $all > ($shown | length) then "| … | and \($all - ($shown | length)) more | |" else empty end);
    if $how == "refused" then
      "## The rules are refused", "", (.detail // "The portal does not say why." | text),
      (if (.faults // []) == [] then empty else
        "", "| where | what is wrong |", "| --- | --- |",
        (.faults[:80][] | "| \(.field | code) | \(.message | text) |"),
        (if .faults | length > 80 then "| and \(.faults | length - 80) more | |" else empty end) end),
      (.impact // empty | impact), (.brokenRuleTests // [] | tests)
    elif $how == "nothing" then "## The rules are as the file says", "", "There is nothing to change."
    else
      {change: "## The rules would change", refuse: "## The rules are refused", applied: "## The rules have changed"}[$how], "",
      (if $how == "refuse" and .needsForce
        then "It breaks rule tests or locks people out. Mend the file, or apply it all the same with `--force`.", "" else empty end),
      (.changes | changes), (.impact | impact), (.brokenRuleTests | tests)
    end' "$2"
}

comment='' removals='' force='' arguments=()
while (($# > 0)); do
  case $1 in
    --help | -h)
      usage
      finish 0 ;;
    --comment | --removals)
      (($# > 1)) || fail "$1 needs a value: see --help."
      printf -v "${1#--}" '%s' "$2"
      shift ;;
    --force) force=true ;;
    -*) fail "There is no option $1: see --help." ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
((${#arguments[@]} == 2)) || fail 'Say what to do, and with which file: see --help.'
command=${arguments[0]} file=${arguments[1]}
[[ $command =~ ^(export|preview|apply)$ ]] || fail "There is no command $command: see --help."
[[ $removals =~ ^[0-9]*$ ]] || fail '--removals needs a number.'
[[ -n ${PORTAL_URL:-} ]] || fail "Set PORTAL_URL to the portal's address."
for tool in curl jq; do
  command -v "$tool" >/dev/null || fail "$tool is not installed."
done

umask 077
work=$(mktemp -d)
sign_in=$(sign_in)
if [[ $command == export ]]; then
  call /rule-set
  check
  cat "$work/answer" >"$file"
  finish 0
fi

[[ -r $file ]] || fail "There is no file $file."
if ! jq -e 'type == "object"' "$file" >/dev/null 2>&1; then
  # shellcheck disable=SC2016 # the backquotes are Markdown's
  printf '## The rules are refused\n\nThe file is no JSON object. `rule-set.sh export` writes one.\n'
  finish 3
fi
preview
removed=$(jq '.changes | .ranges.removedCount + ([.entries[].removedCount] | add // 0)' "$work/preview")
if [[ -n $removals && $removals != "$removed" ]]; then
  markdown refuse "$work/preview"
  printf '\nIt would remove %s ranges and entries, not %s as --removals says.\n' "$removed" "$removals"
  finish 3
fi
case $command-$verdict in
  *-nothing)
    markdown nothing "$work/preview"
    finish 0 ;;
  *-refused)
    markdown refuse "$work/preview"
    finish 3 ;;
  preview-*)
    markdown change "$work/preview"
    finish 2 ;;
esac

# In alphabetical order: older versions of curl sign no other.
query="${comment:+comment=$(encoded "$comment")&}${force:+force=true&}removals=$removed"
call "/rule-set?$query" --request PUT --header 'Content-Type: application/json' --header "If-Match: $etag" --data-binary "@$file"
check
markdown applied "$work/preview"
printf '\nThey are revision %s now.\n' "$(jq -r .revision "$work/answer")"
finish 0
