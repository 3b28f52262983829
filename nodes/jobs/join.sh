#!/usr/bin/env bash
# A machine that is new in a running cluster joins it alone: no other master joins or restarts meanwhile. `join.sh begin`
# waits for the lock, `join.sh end` gives it back once the machine is ready. At the first boot of a cluster nobody waits:
# its masters need each other. A machine that has been ready before only comes back.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
if [[ "$EDITION" == elastic || -e "$STATE_DIR/joined" ]]; then exit 0; fi
boot_ends=$((${BOOT_DEADLINE:-EPOCHSECONDS + 930}))
answer=""

may_join() {
  local last="$answer"
  # The lock ends a little after this boot, so that a boot that is stopped does not keep the others waiting for long.
  if answer="$(python3 "$NODE_LIB/lock.py" join masters "$((boot_ends - EPOCHSECONDS + 60))" "master-$SLOT joins" 2>&1)"; then
    return 0
  fi
  answer="${answer##*$'\n'}"
  if [[ "$answer" != "$last" ]]; then
    log waiting "$answer"
    set_status booting "waits to join: $answer"
  fi
  return 1
}

begin() { until_ok "$((boot_ends - EPOCHSECONDS - 60))" 10 may_join || fail "could not join: $answer"; }

# What the store does not take now, refresh repeats.
end() {
  touch "$STATE_DIR/joined"
  if python3 "$NODE_LIB/lock.py" release masters && python3 "$NODE_LIB/lock.py" mark initialised; then return 0; fi
  log note "the store did not take that this master has joined"
}

"$1"
