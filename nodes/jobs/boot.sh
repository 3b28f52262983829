#!/usr/bin/env bash
# Supervises the way from power-on to ready: runs the steps within their time, then says once that the node is ready or
# why it is not. Runs at every boot; steps that are done already do nothing.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/clouds/aws.sh
. "$NODE_LIB/cloud.sh"

# A launch hook waits as long as BOOT_TIMEOUT_SECONDS; a node that reports a little earlier still gives its reason.
limit=$((BOOT_TIMEOUT_SECONDS * 9 / 10))

report() {
  local reason
  reason="$(head -n 1 "$FAILURE_FILE" 2>/dev/null)" || reason="unknown; see journalctl -u openvidu-boot"
  set_status failed "$reason"
  log failed "$reason"
  printf 'openvidu-node: boot of %s failed: %s\n' "$ROLE" "$reason" >"$ROOT/dev/console" 2>/dev/null || true
  export STEP=give-up
  cloud_give_up || log failed "the cloud was not told; see the line above"
}

# While this runs it looks after the settings; a run of refresh that is under way ends first.
exec 9>"$RUN_DIR/refresh.lock"
flock -w 1800 9 || fail "openvidu-apply is still at work"
rm -f "$FAILURE_FILE"
if is_leaving; then
  log skipped "this node drains"
  exit 0
fi
if is_upgrading; then
  log skipped "an upgrade or a restore is under way"
  exit 0
fi
set_status booting
code=0
export BOOT_DEADLINE=$((EPOCHSECONDS + limit))
timeout --kill-after=30 "$limit" "$NODE_LIB/boot-steps.sh" 9>&- || code=$?
if ((code == 0)); then exit 0; fi
if ((code == 124 || code == 137)); then note_failure "not ready within $limit s; last step: $(cat "$RUN_DIR/step")"; fi
trap - ERR
report
exit 1
