#!/usr/bin/env bash
# Brings changed settings to a master that runs: one master at a time, and only while the others are well. Called by refresh
# each minute until it has ended well, so that a run which was stopped anywhere is taken up. Exit code 3: something has to
# be waited for, named in waits-for. `--even-if-unhealthy` does not ask the others.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/lib/masters.sh
. "$NODE_LIB/masters.sh"
FAILED="$RUN_DIR/failed-settings"
IFS=, read -ra masters <<<"$MASTER_IPS"
export PRIVATE_IP="${masters[SLOT - 1]}"

wait_for() {
  printf '%s\n' "$1" >"$RUN_DIR/waits-for"
  exit 3
}

# An Elastic cluster has one master, which waits for nobody.
lock() {
  local code=0 answer
  if [[ "$EDITION" == elastic ]]; then return 0; fi
  answer="$(python3 "$NODE_LIB/lock.py" "$@" 2>&1)" || code=$?
  if ((code != 0)); then wait_for "${answer##*$'\n'}"; fi
}

give_back() { [[ "$EDITION" == elastic ]] || python3 "$NODE_LIB/lock.py" release masters >/dev/null 2>&1 || true; }

look() {
  local code=0
  keys="$("$NODE_LIB/apply.sh" check 2>/dev/null)" || code=$?
  if ((code == 4)); then wait_for "$keys"; fi
  if ((code != 0)); then exit "$code"; fi
}

check_others() {
  local address
  for address in "${masters[@]}"; do
    if [[ "$address" == "$PRIVATE_IP" ]]; then continue; fi
    answers "$(health_at "$address")" || wait_for "$address is not healthy"
  done
}

# Until the next version of the settings, or a person, this one is not tried again.
give_up() {
  rm -f "$RUN_DIR/ready"
  printf '%s\n' "$VERSION" >"$FAILED"
  fail "OpenVidu did not come up with the new settings"
}

restart() {
  if [[ "$(<"$RESTART")" == restart ]]; then
    timeout 600 systemctl restart openvidu || give_up
    echo wait >"$RESTART"
  fi
  "$NODE_LIB/wait-ready.sh" || give_up
  touch "$RUN_DIR/ready"
  set_status ready
  rm -f "$RESTART"
}

# The cluster's configuration is replicated between masters, so a second look may find nothing left to do.
bring() {
  lock acquire masters 1800 "new settings: $1"
  trap give_back EXIT
  if [[ "${2:-}" != --even-if-unhealthy ]]; then check_others; fi
  look
  if [[ -z "$keys" && ! -e "$RESTART" ]]; then return 0; fi
  set_status applying "$keys"
  "$NODE_LIB/apply.sh" later
  restart
}

# OpenVidu may have come up late, with what it was restarted for.
if [[ "$(cat "$FAILED" 2>/dev/null)" == "$VERSION" ]]; then
  if [[ "$(cat "$RESTART")" != wait ]] || ! answers "$HEALTH_URL"; then
    wait_for "OpenVidu did not come up with these settings; the next version of them or openvidu-apply is tried"
  fi
fi
look
if [[ -n "$keys" || -e "$RESTART" ]]; then bring "${keys:-restart}" "$@"; fi
trap - EXIT
rm -f "$FAILED"
# Also where there was nothing to do: an earlier run may have been stopped before this line.
lock release masters
if [[ -e "$STATE_DIR/joined" ]]; then lock mark initialised; fi
