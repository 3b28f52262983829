#!/usr/bin/env bash
# Backs up this master's installation, and on one master of the cluster MongoDB: `openvidu-backup` now, as a person or a
# program with a reason of its own wants it (`openvidu-backup <reason>`), or once a day (`openvidu-backup daily`).
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/lib/masters.sh
. "$NODE_LIB/masters.sh"

# What stays free beside a backup that lies on the disk of OpenVidu itself: MongoDB ends when it finds that disk full.
SPARE_MIB=1024

tell() {
  if (($1 == 0)); then return 0; fi
  report backup "failed at $(date -u +%FT%TZ): $(head -n 1 "$FAILURE_FILE" 2>/dev/null)"
}

# Backups that are files of the only master: the next one needs what the largest took. What a run that was cut short has
# left makes room first.
check_room() {
  local needed store="$ROOT${COORDINATION_URL#file://}"
  run_program python3 "$NODE_LIB/backup.py" tidy >"$RUN_DIR/backup.size"
  needed=$(($(cat "$RUN_DIR/backup.size") / 1048576 + SPARE_MIB))
  (($(free_mib "$store") >= needed)) ||
    fail "less than $needed MiB are free for backups below ${COORDINATION_URL#file://}; nothing has been written"
}

rm -f "$FAILURE_FILE"
trap 'tell $?' EXIT
exec 9>"$RUN_DIR/backup.lock"
flock -w "${OPENVIDU_NODE_WAIT:-3600}" 9 || fail "another backup of this master does not end"
is_installed || fail "OpenVidu is not installed yet"
patience=patient
case "${1:-}" in
  daily)
    if is_upgrading; then
      log skipped "files of OpenVidu are being changed"
      exit 0
    fi
    patience=brief
    label="daily $(date -u +%F)"
    ;;
  "") label="by hand $(date -u +%FT%TZ)" ;;
  *) label="$1" ;;
esac
if [[ "$COORDINATION_URL" == file:* ]]; then check_room; fi
export LOCK="$NODE_LIB/lock.py"
mapfile -t arguments < <(pack_arguments)
result="$RUN_DIR/backup.result"
run_program python3 "$NODE_LIB/backup.py" create "$label" "$patience" "$(deployed_version)" tar "${arguments[@]}" >"$result"
report backup "ok at $(date -u +%FT%TZ): $(tail -n 1 "$result")"
log ok "$(tail -n 1 "$result")"
