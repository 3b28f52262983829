#!/usr/bin/env bash
# For a person and for the deployer, as `openvidu-drain`: asks this media node to leave and waits until its sessions have
# ended. Stopping the command stops nothing; the same command again waits on. `--no-wait` only asks.
set -Eeuo pipefail
if [[ "${1:-}" != "" && "${1:-}" != --no-wait ]]; then
  echo "usage: openvidu-drain [--no-wait]" >&2
  exit 2
fi
# shellcheck source=nodes/lib/common.sh
. "${OPENVIDU_NODE_ROOT:-}/usr/local/lib/openvidu-node/common.sh"
load_settings
POLL="${DRAIN_POLL_SECONDS:-10}"
SAY=60

touch "$RUN_DIR/drain-requested"
if [[ "${1:-}" == --no-wait ]]; then exit 0; fi
# The drain ends itself at its deadline; whatever takes longer than this is stuck.
deadline=$((EPOCHSECONDS + DRAIN_TIMEOUT_SECONDS + ${OPENVIDU_NODE_WAIT:-1200}))
next=0
until [[ -e "$STATE_DIR/drain-completed" ]]; do
  if ((EPOCHSECONDS >= deadline)); then fail "the drain did not end; see journalctl -u openvidu-drain"; fi
  # A word now and then keeps the connection alive over which somebody waits.
  if ((EPOCHSECONDS >= next)); then
    log waiting "sessions may still run"
    next=$((EPOCHSECONDS + SAY))
  fi
  sleep "$POLL"
done
log ok
