#!/usr/bin/env bash
# For a person, as `openvidu-apply`: fetches and applies now what the minute's run would wait for.
# `--even-if-unhealthy` goes on although other masters do not answer.
set -Eeuo pipefail
if [[ "${1:-}" != "" && "${1:-}" != --even-if-unhealthy ]]; then
  echo "usage: openvidu-apply [--even-if-unhealthy]" >&2
  exit 2
fi
exec "${OPENVIDU_NODE_ROOT:-}/usr/local/lib/openvidu-node/refresh.sh" now "$@"
