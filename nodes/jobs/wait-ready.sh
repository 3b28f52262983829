#!/usr/bin/env bash
# Waits until OpenVidu serves: the health address answers 200 and, on masters, an application behind Caddy answers too,
# because Caddy alone being alive proves little (AWS-A-14). Ends with an error when the time is over.
# shellcheck disable=SC2317 # functions are called by until_ok
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# All the time that this boot has left, but for what it takes to say why: other nodes may still be coming up.
seconds=$((${BOOT_DEADLINE:-EPOCHSECONDS + 930} - EPOCHSECONDS - 30))
# The vendor's own flow restarts once when Caddy does not come up (reference/aws-reference.md 7.1).
patience=$((seconds < 900 ? seconds / 2 : 450))

status_of() { curl -s -o /dev/null -w '%{http_code}' --noproxy '*' --max-time 5 "$1" || true; }

# With TLS ended on the node, Caddy may serve the application on the public port only and answers 404 here; both prove
# that it routes. A connection error or 5xx means that nothing is behind it.
application_answers() {
  if [[ -z "${APP_HEALTH_URL:-}" ]]; then return 0; fi
  local status limit=400
  if [[ "$TLS_MODE" == node ]]; then limit=500; fi
  status="$(status_of "$APP_HEALTH_URL")"
  ((10#$status >= 200 && 10#$status < limit))
}

is_healthy() { [[ "$(status_of "$HEALTH_URL")" == 200 ]]; }
serves() { is_healthy && application_answers; }

if until_ok "$patience" 5 serves; then exit 0; fi
if ! is_healthy; then
  log note "not healthy after $patience s; restarting OpenVidu once"
  systemctl restart openvidu
fi
if until_ok "$((seconds - patience))" 5 serves; then exit 0; fi
if is_healthy; then fail "$APP_HEALTH_URL does not answer although Caddy does"; fi
fail "$HEALTH_URL did not answer 200 within $seconds s"
