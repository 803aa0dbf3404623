#!/usr/bin/env bash
# usage: deploy/pack.sh FOLDER PROGRAM...
# Makes a package for Lambda of a folder, beside it, and prints its file's name, which has the digest of its bytes. Whatever the umask,
# Lambda's user may read all files and run the programs, which are named. The same files make the same bytes.
set -euo pipefail
folder=$(realpath "${1:?Give the folder.}")
zip=$folder.zip
shift
cd "$folder"
find . -type d -exec chmod 755 {} +
find . -type f -exec chmod 644 {} +
chmod 755 "$@"
find . -exec touch -d 1980-01-01T00:00:00Z {} + # the first time that a zip can hold
rm -f "$zip"
find . -type f -printf '%P\n' | LC_ALL=C sort | TZ=UTC zip -qX -@ "$zip"
digest=$(sha256sum "$zip" | cut -c1-16)
mv "$zip" "${zip%.zip}-$digest.zip"
basename "${zip%.zip}-$digest.zip"
