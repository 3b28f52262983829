#!/usr/bin/env bash
# Puts the bundle that comes on standard input into a file that root alone can read, whole or not at all. Says nothing
# about what is in it. Sourced settings: HOST, BUNDLE_ID. OPENVIDU_NODE_ROOT is for tests.
set -Eeuo pipefail
umask 077
target="${OPENVIDU_NODE_ROOT:-}$BUNDLE_ID"
mkdir -p "$(dirname "$target")"
temporary="$(mktemp "$target.XXXXXX")"
trap 'rm -f "$temporary"' EXIT
cat >"$temporary"
python3 -c 'import json, sys; assert isinstance(json.load(open(sys.argv[1])), dict)' "$temporary" 2>/dev/null || {
  echo "$HOST: the settings did not arrive whole and were left as they were" >&2
  exit 1
}
sync "$temporary"
mv -f "$temporary" "$target"
