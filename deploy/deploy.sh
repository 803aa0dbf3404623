#!/usr/bin/env bash
# Builds both Lambda packages and deploys them with CloudFormation. Run it on Linux, with the processor that the functions are to have.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
usage: deploy/deploy.sh [--name NAME] [--bucket BUCKET] [--package-only] [Parameter=Value ...]

  --name NAME      tells several deployments apart (default: main); the stack is client-vpn-admin-NAME
  --bucket BUCKET  the S3 bucket for the packages (default: client-vpn-admin-<account>-<region>, made if it is missing)
  --package-only   builds the packages into deploy/packages and stops; needs no AWS account
                   (handler.cdx.json and portal.cdx.json there are their bills of materials, in CycloneDX)
  Parameter=Value  parameters of template.yaml, such as Editors=arn:aws:sts::123456789012:assumed-role/VpnAdmins/*

RESTORE_SOURCES in the environment names one more folder with NuGet packages.
Needs the .NET SDK, clang, zlib's headers and zip; to deploy, also jq and the AWS CLI with credentials and a region.
TEXT
}

name=main
bucket=
package_only=
parameters=()
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=${2:?--name needs a value}; shift 2 ;;
    --bucket) bucket=${2:?--bucket needs a value}; shift 2 ;;
    --package-only) package_only=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *=*) parameters+=("$1"); shift ;;
    *) echo "There is no option $1." >&2; usage >&2; exit 2 ;;
  esac
done

need() {
  command -v "$1" >/dev/null || { echo "$1 is missing: install it first." >&2; exit 2; }
}
need dotnet
need zip
[ "$(uname -s)" = Linux ] || { echo "The handler is compiled to native code: run this on Linux." >&2; exit 2; }
case $(uname -m) in
  x86_64) architecture=x86_64 rid=linux-x64 ;;
  aarch64) architecture=arm64 rid=linux-arm64 ;;
  *) echo "Lambda has no processor like this one ($(uname -m))." >&2; exit 2 ;;
esac
linker=()
command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc -p:LinkerFlavor=)
publish=(-c Release -r "$rid" -p:Lambda=true ${RESTORE_SOURCES:+"-p:RestoreAdditionalProjectSources=$RESTORE_SOURCES"})

packages=deploy/packages
rm -rf "$packages"
mkdir -p "$packages"
dotnet restore --locked-mode # all packages but Amazon's for Lambda and the compilers are the ones that the lock files name
echo "Building the handler …"
dotnet publish src/Handler "${publish[@]}" "${linker[@]}" -o "$packages/handler"
deploy/check-glibc.sh "$packages/handler/bootstrap"
echo "Building the portal …"
dotnet publish src/AdminApi "${publish[@]}" --self-contained -o "$packages/portal"
# shellcheck disable=SC2016 # Lambda fills in the variable
printf '#!/bin/sh\nexec "$LAMBDA_TASK_ROOT/ClientVpnAdmin.AdminApi"\n' >"$packages/portal/bootstrap"
chmod 755 "$packages/portal/bootstrap"
echo "Listing what is in them …"
dotnet tool restore >/dev/null
for project in Handler:handler AdminApi:portal; do
  dotnet CycloneDX "src/${project%:*}/${project%:*}.csproj" --disable-package-restore --output-format Json \
    --output "$packages" --filename "${project#*:}.cdx.json" --exclude-dev
done
for package in handler portal; do
  (cd "$packages/$package" && zip -qrX "../$package.zip" .)
  digest=$(sha256sum "$packages/$package.zip" | cut -c1-16)
  mv "$packages/$package.zip" "$packages/$package-$digest.zip"
  declare "$package=$package-$digest.zip"
done
ls -l "$packages"/*.zip
[ -z "$package_only" ] || exit 0

need aws
need jq
region=${AWS_REGION:-$(aws configure get region || true)}
[ -n "$region" ] || { echo "No region: set AWS_REGION." >&2; exit 2; }
export AWS_REGION=$region AWS_DEFAULT_REGION=$region
account=$(aws sts get-caller-identity --query Account --output text)
bucket=${bucket:-client-vpn-admin-$account-$region}
deploy/check-bucket.sh "$bucket" "$account"

# What is uploaded now is deployed, by its version, and not what may be in the bucket under that name later.
upload() {
  aws s3api put-object --bucket "$bucket" --expected-bucket-owner "$account" --key "$1" --body "$packages/$1" \
    --query VersionId --output text
}
# shellcheck disable=SC2154 # declared above
handler_version=$(upload "$handler") portal_version=$(upload "$portal")
stack=client-vpn-admin-$name
aws cloudformation deploy --stack-name "$stack" --template-file deploy/template.yaml --no-fail-on-empty-changeset \
  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
  --parameter-overrides "Name=$name" "CodeBucket=$bucket" "HandlerKey=$handler" "PortalKey=$portal" \
  "HandlerVersion=$handler_version" "PortalVersion=$portal_version" "Architecture=$architecture" "${parameters[@]}"
aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output text
