#!/usr/bin/env bash
# Brings OpenVidu's files in step with the bundle, and restarts OpenVidu if it runs with old values. `apply.sh check` only
# prints what would change; `apply.sh later` leaves the restart to its caller. Exit code 4: the change must not be made.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
if [[ -z "${PRIVATE_IP:-}" ]]; then
  # shellcheck source=nodes/clouds/aws.sh
  . "$NODE_LIB/cloud.sh"
  PRIVATE_IP="$(cloud_private_ip)"
  export PRIVATE_IP
fi

code=0
keys="$(python3 "$NODE_LIB/apply.py" check 2>&1)" || code=$?
if ((code == 4)); then
  if [[ "${1:-}" == check ]]; then printf '%s\n' "$keys"; else log kept "$keys"; fi
  exit 4
fi
if ((code != 0)); then fail "${keys##*$'\n'}"; fi
keys="${keys//$'\n'/ }"
if [[ "${1:-}" == check ]]; then
  printf '%s' "$keys"
  exit 0
fi
if [[ -n "$keys" ]]; then
  # A run that is stopped between writing and restarting has to be taken up again.
  echo restart >"$RESTART"
  run_program python3 "$NODE_LIB/apply.py" >/dev/null
  log changed "$keys"
elif [[ ! -e "$RESTART" ]]; then
  log unchanged
  exit 0
fi
if openvidu_runs; then
  if [[ "${1:-}" == later ]]; then exit 0; fi
  # Waiting for the job would wait for ourselves: OpenVidu is ordered after openvidu-refresh.
  if [[ "$(<"$RESTART")" == restart ]]; then systemctl restart --no-block openvidu; fi
fi
rm -f "$RESTART"
