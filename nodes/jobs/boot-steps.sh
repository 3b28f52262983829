#!/usr/bin/env bash
# The steps of a boot, in order. Each is its own program and does nothing if its work is done.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/clouds/aws.sh
. "$NODE_LIB/cloud.sh"

step() {
  STEP="$1"
  shift
  export STEP
  printf '%s' "$STEP" >"$RUN_DIR/step"
  log begin
  "$@"
  log ok
}

find_address() { PRIVATE_IP="$(cloud_private_ip 2>/dev/null)" && [[ "$PRIVATE_IP" == *.*.*.* ]]; }

wait_for_network() {
  until_ok 300 5 find_address || fail "no private address from instance metadata within 300 s"
  export PRIVATE_IP
  if is_installed && command -v docker >/dev/null; then return 0; fi
  until_ok 300 5 curl -fsSI -o /dev/null --proto "$PROTOCOLS" --max-time "${OPENVIDU_NODE_HTTP_SECONDS:-10}" "$INSTALLER_URL" 2>/dev/null ||
    fail "no way out: $INSTALLER_URL did not answer within 300 s"
}

# After a reboot the refresh has fetched what there was to fetch, and goes on trying if the store did not answer.
fetch_bundle() {
  if is_installed && [[ -s "$BUNDLE" ]]; then
    log skipped "openvidu-refresh keeps the bundle fresh"
    return 0
  fi
  run_program python3 "$NODE_LIB/bundle.py" "$FETCH_SECONDS"
}

# Once: they stay on the system disk.
fetch_programs() {
  local units
  if [[ "$(cat "$STATE_DIR/programs" 2>/dev/null)" == "$PROGRAMS_SHA256" ]]; then return 0; fi
  units="$(run_program python3 "$NODE_LIB/store.py" "$PROGRAMS" "$PROGRAMS_SHA256" "$FETCH_SECONDS")"
  systemctl daemon-reload
  # shellcheck disable=SC2086 # names of units, without blanks
  [[ -z "$units" ]] || systemctl enable --now $units
  printf '%s\n' "$PROGRAMS_SHA256" | write_file 0644 "$STATE_DIR/programs"
}

announce() { cloud_announce || fail "no heartbeat of this node was taken within the time of the boot"; }

# A node that has been ready since it started may serve: refresh takes care there. A change that must not be made keeps no
# node from coming up with what it has.
apply_settings() {
  local code=0
  if [[ -e "$RUN_DIR/ready" ]]; then return 0; fi
  "$NODE_LIB/apply.sh" || code=$?
  ((code == 4)) || return "$code"
}

# A node that was told to leave while it booted must not begin to serve.
start() {
  if is_leaving; then
    log skipped "this node drains"
    exit 0
  fi
  systemctl enable openvidu
  systemctl start openvidu
}

declare_ready() {
  cloud_ready || fail "the cloud did not take the news that this node is ready"
  touch "$RUN_DIR/ready" "$PREFIX/.openvidu-node/initialised"
  set_status ready
  if [[ "$ROLE" == master ]]; then "$NODE_LIB/join.sh" end; fi
}

# Only tests fetch over plain http.
PROTOCOLS="${OPENVIDU_NODE_PROTOCOLS:-=https}"
# Rights of a new identity can take ten minutes to act (reference/cloud-facts-azure.md 6.3).
FETCH_SECONDS="${OPENVIDU_NODE_WAIT:-900}"
export PROTOCOLS

step network wait_for_network
if [[ -n "${DATA_DISK:-}" ]]; then step data-disk "$NODE_LIB/data-disk.sh" prepare; fi
step docker "$NODE_LIB/docker.sh"
step fetch-bundle fetch_bundle
if [[ -n "${PROGRAMS:-}" ]]; then step programs fetch_programs; fi
step install "$NODE_LIB/install.sh"
step apply-settings apply_settings
if [[ "$ROLE" == master ]]; then step join "$NODE_LIB/join.sh" begin; fi
if [[ "$ROLE" == media ]]; then step announce announce; fi
step start start
step wait-ready "$NODE_LIB/wait-ready.sh"
step ready declare_ready
