#!/usr/bin/env bash
# Builds both Lambda packages and deploys them with CloudFormation. Run it on Linux.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
usage: deploy/deploy.sh [--name NAME] [--bucket BUCKET] [--architecture ARCHITECTURE] [--yes | --package-only] [Parameter=Value ...]

  --name NAME      tells several deployments apart (default: main); the stack is client-vpn-admin-NAME
  --bucket BUCKET  the S3 bucket for the packages (default: client-vpn-admin-<account>-<region>, made if it is missing)
  --architecture ARCHITECTURE
                   arm64 or x86_64, what the functions run on (default: this machine's own, whatever they run on now)
  --yes            deploys what is shown without asking
  --package-only   builds the packages into deploy/packages and stops; needs no AWS account
                   (handler.cdx.json and portal.cdx.json there are their bills of materials, in CycloneDX)
  Parameter=Value  parameters of template.yaml, such as Editors=arn:aws:sts::123456789012:assumed-role/VpnAdmins/*
                   (those that are not given stay as they are)

It uploads the packages, shows what would change, and asks. deployer-policy.json has all that it may need to do on AWS.
RESTORE_SOURCES in the environment names one more folder with NuGet packages.
Needs the .NET SDK, clang, Node.js with npm and zip; to deploy, also jq and the AWS CLI with credentials and a region.
TEXT
}

name=main
bucket=
architecture=
package_only=
yes=
parameters=()
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=${2:?--name needs a value}; shift 2 ;;
    --bucket) bucket=${2:?--bucket needs a value}; shift 2 ;;
    --architecture) architecture=${2:?--architecture needs a value}; shift 2 ;;
    --package-only) package_only=1; shift ;;
    --yes) yes=1; shift ;;
    -h | --help) usage; exit 0 ;;
    Architecture=*) echo "The packages are built for it: give --architecture ${1#*=}." >&2; exit 2 ;;
    Name=* | CodeBucket=*) echo "${1%%=*} is what --name and --bucket say: give these." >&2; exit 2 ;;
    HandlerKey=* | PortalKey=* | HandlerVersion=* | PortalVersion=*) echo "${1%%=*} is what this script uploads." >&2; exit 2 ;;
    *=*) parameters+=("$1"); shift ;;
    *) echo "There is no option $1." >&2; usage >&2; exit 2 ;;
  esac
done

need() {
  command -v "$1" >/dev/null || { echo "$1 is missing: install it first." >&2; exit 2; }
}
need dotnet
need npm
need zip
if [ -z "$package_only" ]; then
  need aws
  need jq
  [ -n "$yes" ] || [ -t 0 ] || { echo "Nobody can be asked here whether to deploy what would change: give --yes." >&2; exit 2; }
fi
[ "$(uname -s)" = Linux ] || { echo "The handler is compiled to native code: run this on Linux." >&2; exit 2; }
machine=$(uname -m)
machine=${machine/aarch64/arm64} # the name that Lambda has for it
architecture=${architecture:-$machine}
case $architecture in
  x86_64) rid=linux-x64 triple=x86_64-linux-gnu debian="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;;
  arm64) rid=linux-arm64 triple=aarch64-linux-gnu debian="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;;
  *) echo "Lambda has no processor like $architecture: give --architecture arm64 or x86_64." >&2; exit 2 ;;
esac
linker=()
if [ "$architecture" != "$machine" ]; then
  clang --target="$triple" -fuse-ld=bfd -x c - -o /dev/null <<<"int main(void) { return 0; }" || {
    echo "The handler can't be linked for $architecture here. Install what clang needs for that (Debian: clang $debian)," \
      "or run this on such a machine." >&2
    exit 2
  }
  linker=("-p:ObjCopyName=$triple-objcopy") # this machine's own may not know the other's files
elif ! command -v clang >/dev/null; then
  linker=(-p:CppCompilerAndLinker=gcc -p:LinkerFlavor=)
fi
publish=(-c Release -r "$rid" -p:Lambda=true ${RESTORE_SOURCES:+"-p:RestoreAdditionalProjectSources=$RESTORE_SOURCES"})

packages=deploy/packages
rm -rf "$packages"
mkdir -p "$packages"
dotnet restore --locked-mode # all packages but Amazon's for Lambda and the compilers are the ones that the lock files name
echo "Building the handler …"
dotnet publish src/Handler "${publish[@]}" "${linker[@]}" -o "$packages/handler"
deploy/check-glibc.sh "$packages/handler/bootstrap"
deploy/amazon-roots.sh "$packages/handler/amazon-roots.pem"
echo "Building the portal …"
dotnet publish src/AdminApi "${publish[@]}" --self-contained -o "$packages/portal"
[ -f "$packages/portal/page/index.html" ] || { echo "The portal's page was not built: see above what that needs." >&2; exit 2; }
# shellcheck disable=SC2016 # Lambda fills in the variable
printf '#!/bin/sh\nexec "$LAMBDA_TASK_ROOT/ClientVpnAdmin.AdminApi"\n' >"$packages/portal/bootstrap"
echo "Listing what is in them …"
dotnet tool restore >/dev/null
for project in Handler:handler AdminApi:portal; do
  dotnet CycloneDX "src/${project%:*}/${project%:*}.csproj" --disable-package-restore --output-format Json \
    --output "$packages" --filename "${project#*:}.cdx.json" --exclude-dev
done
handler=$(deploy/pack.sh "$packages/handler" bootstrap)
portal=$(deploy/pack.sh "$packages/portal" bootstrap ClientVpnAdmin.AdminApi)
ls -l "$packages"/*.zip
[ -z "$package_only" ] || exit 0

region=${AWS_REGION:-$(aws configure get region || true)}
[ -n "$region" ] || { echo "No region: set AWS_REGION." >&2; exit 2; }
export AWS_REGION=$region AWS_DEFAULT_REGION=$region AWS_PAGER=
account=$(aws sts get-caller-identity --query Account --output text)
bucket=${bucket:-client-vpn-admin-$account-$region}
deploy/check-bucket.sh "$bucket" "$account"

# A package is deployed by its version in the bucket, and not what may be there under that name later. One that is there already, by the
# digest that S3 itself has made of it, is not uploaded once more.
upload() {
  local digest found
  digest=$(sha256sum "$packages/$1" | cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64)
  found=$(aws s3api head-object --bucket "$bucket" --expected-bucket-owner "$account" --key "$1" --checksum-mode ENABLED \
    --query '[ChecksumSHA256, VersionId]' --output text 2>/dev/null) || found=
  if [ "${found%%[[:space:]]*}" = "$digest" ]; then
    echo "${found##*[[:space:]]}"
  else
    aws s3api put-object --bucket "$bucket" --expected-bucket-owner "$account" --key "$1" --body "$packages/$1" \
      --checksum-algorithm SHA256 --checksum-sha256 "$digest" --query VersionId --output text
  fi
}
handler_version=$(upload "$handler")
portal_version=$(upload "$portal")

stack=client-vpn-admin-$name
outputs() {
  aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output text
}
said=$(aws cloudformation deploy --stack-name "$stack" --template-file deploy/template.yaml --no-execute-changeset \
  --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
  --parameter-overrides "Name=$name" "CodeBucket=$bucket" "HandlerKey=$handler" "PortalKey=$portal" \
  "HandlerVersion=$handler_version" "PortalVersion=$portal_version" "Architecture=$architecture" "${parameters[@]}")
if grep -q "No changes to deploy" <<<"$said"; then
  echo "$stack is as it should be: there is nothing to change."
  outputs
  exit 0
fi
change_set=$(grep -o 'arn:[^ ]*:changeSet/[^ ]*' <<<"$said") || {
  printf 'The AWS CLI named no change set, so nothing was deployed. It said:\n%s\n' "$said" >&2
  exit 1
}

before=$(aws cloudformation describe-stacks --stack-name "$stack" --output json)
after=$(aws cloudformation describe-change-set --change-set-name "$change_set" --output json)
echo
echo "This would change in $stack:"
jq -r --argjson before "$before" '
  def pad($width): . + " " * ([0, $width - length] | max);
  ($before.Stacks[0].Parameters // [] | map({ (.ParameterKey): .ParameterValue }) | add // {}) as $old
  | (.Parameters[]? | select($old[.ParameterKey] != .ParameterValue)
    | "  parameter  \(.ParameterKey): \($old[.ParameterKey] // "(none)") -> \(.ParameterValue)"),
    (.Changes[]?.ResourceChange
    | (if .Action == "Remove" then "REMOVE"
      else { True: "REPLACE", Conditional: "replace?" }[.Replacement // ""] // (.Action | ascii_downcase) end | pad(10)) as $what
    | ([.Details[]?.Target.Name // empty] | unique | join(", ")) as $properties
    | "  \($what) \(.LogicalResourceId | pad(28)) \(.ResourceType)\(if $properties == "" then "" else " (\($properties))" end)")
' <<<"$after"
echo

# A stack that is new is only a name until its first change set is executed.
is_new=$(jq -r '.Stacks[0].StackStatus == "REVIEW_IN_PROGRESS"' <<<"$before")
if [ -z "$yes" ]; then
  read -rp "Deploy this? [y/N] " answer || answer=
  case $answer in
    y | Y | yes) ;;
    *)
      aws cloudformation delete-change-set --change-set-name "$change_set"
      [ "$is_new" = false ] || aws cloudformation delete-stack --stack-name "$stack"
      echo "Nothing was deployed."
      exit 1
      ;;
  esac
fi
[ "$is_new" = true ] && finished=stack-create-complete || finished=stack-update-complete
aws cloudformation execute-change-set --change-set-name "$change_set"
echo "Deploying …"
aws cloudformation wait "$finished" --stack-name "$stack" || {
  echo "CloudFormation could not deploy it, and takes back what it did:" >&2
  aws cloudformation describe-stack-events --stack-name "$stack" --output text >&2 \
    --query "StackEvents[?ends_with(ResourceStatus, '_FAILED')].[LogicalResourceId, ResourceStatusReason] | [:10]"
  exit 1
}
outputs
