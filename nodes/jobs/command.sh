#!/usr/bin/env bash
# Stands on the path under the names of those jobs that people call: as `openvidu-backup` it is backup.sh.
set -Eeuo pipefail
NODE_LIB="${OPENVIDU_NODE_ROOT:-}/usr/local/lib/openvidu-node"
case "${0##*-}" in
  backup) exec "$NODE_LIB/backup.sh" "$@" ;;
  restore) exec "$NODE_LIB/restore.sh" "$@" ;;
  upgrade) exec "$NODE_LIB/upgrade.sh" "$@" ;;
esac
