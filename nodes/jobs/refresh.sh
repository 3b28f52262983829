#!/usr/bin/env bash
# At boot, before OpenVidu starts: fetches the bundle and applies it. If the store does not answer soon, OpenVidu starts
# with the settings it has, and a timer tries again each minute until it has worked once.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings

if ! is_installed || is_leaving || [[ -e "$RUN_DIR/refreshed" ]]; then exit 0; fi
exec 9>"$RUN_DIR/refresh.lock"
flock -n 9 || exit 0
reason="$(python3 "$NODE_LIB/bundle.py" "${OPENVIDU_NODE_WAIT:-45}" 2>&1 >/dev/null)" || {
  log waiting "${reason##*$'\n'}"
  exit 0
}
"$NODE_LIB/apply.sh" later
touch "$RUN_DIR/refreshed"
log ok
