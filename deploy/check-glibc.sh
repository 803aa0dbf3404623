#!/usr/bin/env bash
# Prints the newest glibc that an executable asks for, and fails if Amazon Linux 2023, which Lambda runs, has only an older one.
set -euo pipefail

executable=${1:?Give the executable.}
newest_allowed=2.34

needed=$({ grep -aoE 'GLIBC_2\.[0-9]+(\.[0-9]+)?' "$executable" || true; } | sort -uV | tail -n 1)
needed=${needed#GLIBC_}
if [ -z "$needed" ]; then
  echo "$executable names no glibc version: is it a Linux executable?" >&2
  exit 1
fi

echo "$executable asks for glibc $needed; Amazon Linux 2023 has $newest_allowed."
[ "$(printf '%s\n%s\n' "$needed" "$newest_allowed" | sort -V | tail -n 1)" = "$newest_allowed" ]
