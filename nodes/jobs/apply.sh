#!/usr/bin/env bash
# Brings OpenVidu's files in step with the bundle. Prints the changed keys; restarts OpenVidu if it runs with old values.
# `apply.sh later` leaves a restart that would cut sessions to the next boot.
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

changed="$RUN_DIR/changed"
run_program python3 "$NODE_LIB/apply.py" >"$changed"
if [[ -z "$(tr -d '\n' <"$changed")" ]]; then
  log unchanged
  exit 0
fi
log changed "$(tr '\n' ' ' <"$changed")"
if ! systemctl is-active --quiet openvidu; then exit 0; fi
if [[ "${1:-}" == later && "$ROLE" == media && -e "$RUN_DIR/ready" ]]; then
  log note "sessions may run here; the next restart of OpenVidu takes the new values"
  exit 0
fi
# Waiting for the job would wait for ourselves: OpenVidu is ordered after openvidu-refresh.
systemctl restart --no-block openvidu
