#!/usr/bin/env bash
# Keeps this node's settings in step with the store. `refresh.sh boot`, before OpenVidu starts: fetches and applies; if the
# store does not answer soon, OpenVidu starts with the settings it has. `refresh.sh`, each minute: does nothing unless the
# store has another version. `refresh.sh now [--even-if-unhealthy]` is for a person, who types openvidu-apply.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
MODE="${1:-minute}"
SAID="$RUN_DIR/said"
# The version of the bundle that OpenVidu's files agree with. An upgrade or a restore changes them.
APPLIED="$STATE_DIR/settings"
MASTER_RUNS=""

# hold <state> <why> [topic]: ends this run. What holds a change up is said once, however often it is found again.
hold() {
  if [[ "$(cat "$SAID" 2>/dev/null)" != "${3:-$2}" ]]; then
    log "$1" "$2"
    printf '%s\n' "${3:-$2}" >"$SAID"
    if [[ "$1" == failed || -e "$RUN_DIR/ready" ]]; then set_status "$1" "$2"; fi
  fi
  if [[ "$MODE" != now ]]; then exit 0; fi
  if [[ "$1" == waiting ]]; then exit 3; else exit 1; fi
}

# Nothing holds anything up any more.
free() {
  if [[ ! -e "$SAID" ]]; then return 0; fi
  rm "$SAID"
  log ok
  if [[ -e "$RUN_DIR/ready" ]]; then set_status ready; fi
}

apply() {
  local code=0 keys
  if [[ -n "$MASTER_RUNS" ]]; then
    VERSION="$version" "$NODE_LIB/apply-running.sh" "$@"
    return
  fi
  keys="$("$NODE_LIB/apply.sh" check 2>/dev/null)" || code=$?
  if ((code == 4)); then printf '%s\n' "$keys" >"$RUN_DIR/waits-for"; fi
  if ((code != 0)) || [[ -z "$keys" ]]; then return "$code"; fi
  "$NODE_LIB/apply.sh" later || return
  if [[ ! -e "$RESTART" ]]; then return 0; fi
  rm "$RESTART"
  log note "sessions may run here; the next restart of OpenVidu takes the new values"
  if [[ -e "$RUN_DIR/ready" ]]; then set_status ready "the next restart of OpenVidu takes the new settings"; fi
}

# A boot holds the lock too: while it runs it looks after the settings itself.
exec 9>"$RUN_DIR/refresh.lock"
if [[ "$MODE" == now ]]; then
  flock -w "${OPENVIDU_NODE_WAIT:-60}" 9 || fail "this node boots or applies settings already; see openvidu-status"
  rm -f "$SAID" "$RUN_DIR/failed-settings"
else
  flock -n 9 || exit 0
fi
rm -f "$FAILURE_FILE"
if is_upgrading; then rm -f "$APPLIED"; fi
if ! is_installed || is_leaving || is_upgrading; then
  if [[ "$MODE" == now ]]; then fail "this node is not installed yet, drains, or is being restored or upgraded"; fi
  exit 0
fi
if openvidu_runs; then
  if [[ "$MODE" == boot ]]; then exit 0; fi
  if [[ "$ROLE" == master ]]; then MASTER_RUNS=yes; fi
fi
how=("${OPENVIDU_NODE_WAIT:-45}")
if [[ "$MODE" != boot ]]; then how+=(changed); fi
reason="$(python3 "$NODE_LIB/bundle.py" "${how[@]}" 2>&1 >/dev/null)" || hold waiting "${reason##*$'\n'}" store
if [[ "$MODE" == boot ]]; then
  "$NODE_LIB/apply.sh" || (($? == 4))
  exit 0
fi
version="$(<"$BUNDLE.version")"
if [[ "$MODE" == now || "$(cat "$APPLIED" 2>/dev/null)" != "$version" ]]; then
  code=0
  apply "${@:2}" || code=$?
  if ((code == 3 || code == 4)); then hold waiting "$(<"$RUN_DIR/waits-for")"; fi
  if ((code != 0)); then hold failed "$(head -n 1 "$FAILURE_FILE" 2>/dev/null || echo "ended with $code")"; fi
  # A master whose OpenVidu does not run has not yet brought anything to the cluster.
  if [[ "$ROLE" == media || -n "$MASTER_RUNS" ]]; then printf '%s\n' "$version" | write_file 0644 "$APPLIED"; fi
fi
free
