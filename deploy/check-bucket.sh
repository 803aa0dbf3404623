#!/usr/bin/env bash
# usage: deploy/check-bucket.sh BUCKET ACCOUNT
# Makes the S3 bucket for the packages if it is missing. Refuses one in which somebody else could put another package in the place of ours:
# it must be this account's, private, versioned, and take requests over TLS only.
set -euo pipefail
bucket=${1:?the bucket\'s name is missing} account=${2:?the account is missing}
tls_only() {
  local partition
  partition=$(aws sts get-caller-identity --query Arn --output text | cut -d: -f2)
  jq -cn --arg bucket "arn:$partition:s3:::$bucket" '{ Version: "2012-10-17", Statement: [{
    Sid: "TlsOnly", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [$bucket, "\($bucket)/*"],
    Condition: { Bool: { "aws:SecureTransport": "false" } } }] }'
}
private=BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
owned=(--bucket "$bucket" --expected-bucket-owner "$account")

refuse() {
  printf 'The bucket %s %s. Nothing was uploaded. %s\n' "$bucket" "$1" "$2" >&2
  exit 1
}

if ! problem=$(aws s3api head-bucket "${owned[@]}" 2>&1 >/dev/null); then
  case $problem in
    *404* | *'Not Found'*)
      aws s3 mb "s3://$bucket"
      aws s3api put-public-access-block "${owned[@]}" --public-access-block-configuration "$private"
      aws s3api put-bucket-versioning "${owned[@]}" --versioning-configuration Status=Enabled
      aws s3api put-bucket-policy "${owned[@]}" --policy "$(tls_only)"
      ;;
    *) refuse "can't be used: it belongs to another account, or you may not see it ($problem)" "Give another one with --bucket." ;;
  esac
fi

aws s3api get-public-access-block "${owned[@]}" --output json 2>/dev/null |
  jq -se '.[0].PublicAccessBlockConfiguration // {} | length == 4 and all(.[]; .)' >/dev/null ||
  refuse "can be made public" "Run: aws s3api put-public-access-block --bucket $bucket --public-access-block-configuration $private"
[ "$(aws s3api get-bucket-versioning "${owned[@]}" --query Status --output text)" = Enabled ] ||
  refuse "has no versions" "Run: aws s3api put-bucket-versioning --bucket $bucket --versioning-configuration Status=Enabled"
policy=$(aws s3api get-bucket-policy "${owned[@]}" --query Policy --output text 2>/dev/null) || policy='{}'
jq -e --argjson wanted "$(tls_only)" 'any(.Statement[]?; ($wanted.Statement[0] | del(.Sid)) == (del(.Sid)
    | .Resource |= ([.] | flatten | sort)
    | if .Principal == { "AWS": "*" } then .Principal = "*" else . end))' <<<"$policy" >/dev/null ||
  refuse "takes requests without TLS" "Add to its policy what is in: $(tls_only)"
jq -e --arg account "$account" 'all(.Statement[]? | select(.Effect == "Allow") | .Principal | (.AWS? // "*")
    | if type == "array" then .[] else . end; . == $account or (split(":") | .[4]) == $account)' <<<"$policy" >/dev/null ||
  refuse "lets others in by its policy" "Take those statements away, or give another bucket with --bucket."
