#!/usr/bin/env bash
# Moves the whole cluster to the release that its settings ask for: `openvidu-upgrade plan` shows the steps, `begin` starts
# them (`--media-is-gone` if connections of media nodes cannot be seen from here), `status` shows where they are, `retry`
# repeats what has failed, `abort` gives up. `step`, each minute on every master, does this master's part of it.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/lib/masters.sh
. "$NODE_LIB/masters.sh"
export HOPS="$NODE_LIB/hops.json"
MARK="$STATE_DIR/upgrade"
# Seconds that each phase may take.
declare -A LIMITS=([ready]=900 [backed-up]=9000 [stopped]=2400 [updated]=5400 [started]=600 [healthy]=1800 [done]=120)
# Images of two releases lie side by side on the system disk; settings and files of both on the data disk.
SYSTEM_MIB=8192 DATA_MIB=1024

program() { run_program python3 "$NODE_LIB/upgrade.py" "$@"; }
is_known() { printf '%s  %s\n' "$SHA256" "$SCRIPT" | sha256sum --check --status; }

# Redis has another name where there is one master and so no Sentinel.
check_media() {
  local process container=redis-server
  if [[ "$EDITION" == elastic ]]; then container=redis; fi
  process="$(ask_docker inspect -f '{{.State.Pid}}' "$container" 2>/dev/null)" ||
    fail "Redis does not run here, so media nodes cannot be seen; --media-is-gone says that there are none"
  program media "$process"
}

begin() {
  local address media=watched
  if [[ "${1:-}" == --media-is-gone ]]; then media=gone; else check_media; fi
  for address in ${MASTER_IPS//,/ }; do
    answers "$(health_at "$address")" || fail "the master at $address is not healthy"
  done
  program begin "$(deployed_version)" "$media"
}

fetch_script() {
  curl -fsSL --proto "${OPENVIDU_NODE_PROTOCOLS:-=https}" --tlsv1.2 --max-time "${OPENVIDU_NODE_HTTP_SECONDS:-60}" -o "$SCRIPT" "$URL"
}

do_ready() {
  [[ "$(deployed_version)" == "$FROM" ]] ||
    fail "OpenVidu $(deployed_version) is installed on this master, and the step leads from $FROM to $TO"
  ask_docker info >/dev/null 2>&1 || fail "Docker does not answer"
  answers "$HEALTH_URL" || fail "OpenVidu on this master is not healthy"
  if [[ "$MEDIA" != gone ]]; then check_media; fi
  (($(free_mib "$ROOT/var/lib") > SYSTEM_MIB)) || fail "less than $SYSTEM_MIB MiB are free for images"
  (($(free_mib "$PREFIX") > DATA_MIB)) || fail "less than $DATA_MIB MiB are free on the data disk"
  until_ok 180 10 fetch_script || fail "$URL could not be fetched"
  is_known || fail "the script of $TO does not have its SHA-256"
}

do_backed-up() { "$NODE_LIB/backup.sh" "before the upgrade of $ID to $TO"; }
do_stopped() { stop_openvidu; }

# The files as they were before the vendor's script stay until the step is done: a script that was cut short or has failed
# begins from them again.
do_updated() {
  local arguments
  mkdir -p "$WORK"
  if [[ -s "$BEFORE" ]]; then
    put_back "$BEFORE" upgrade
  else
    mapfile -t arguments < <(pack_arguments)
    (umask 077 && tar "${arguments[@]}" >"$BEFORE.new")
    mv "$BEFORE.new" "$BEFORE"
  fi
  "$NODE_LIB/docker.sh" "$DOCKER" "$COMPOSE"
  is_known || fail "the script of $TO does not have its SHA-256"
  python3 "$NODE_LIB/upgrade.py" script "$SCRIPT" || fail "the script of $TO ended with an error; see journalctl -u openvidu-upgrade"
  [[ "$(deployed_version)" == "$TO" ]] || fail "the script of $TO has left OpenVidu at $(deployed_version)"
  "$NODE_LIB/install.sh" keep
}

do_started() { start_openvidu; }
do_healthy() { BOOT_DEADLINE=$((EPOCHSECONDS + LIMITS[healthy] - 60)) "$NODE_LIB/wait-ready.sh"; }

do_done() {
  OPENVIDU_VERSION="$TO" mark_installed "$PREFIX"
  rm -f "$BEFORE" "$SCRIPT"
}

# act <phase> <upgrade> <from> <to> <url> <sha256> <docker> <compose> <media>: one phase, in a process of its own.
act() {
  ID="$2" FROM="$3" TO="$4" URL="$5" SHA256="$6" DOCKER="$7" COMPOSE="$8" MEDIA="$9"
  SCRIPT="$PRIVATE_DIR/update-$TO.sh" BEFORE="$WORK/update-from-$FROM.tar.gz"
  "do_$1"
}

perform() {
  local phase="$1" limit="${LIMITS[$1]}" code=0 reason
  rm -f "$FAILURE_FILE"
  log begin "$phase, from $3 to $4"
  report upgrade "from $3 to $4: not yet $phase"
  timeout --kill-after=30 "$limit" "$0" act "$@" || code=$?
  if ((code == 0)); then
    program report "$2" "$4" "$phase"
    return 0
  fi
  if ((code == 124 || code == 137)); then note_failure "not finished within $limit s"; fi
  reason="$(head -n 1 "$FAILURE_FILE" 2>/dev/null)" || reason="ended with $code"
  program report "$2" "$4" "$phase" "$reason"
  log failed "$phase: $reason"
}

# Given up before the vendor's script had succeeded anywhere.
undo() {
  local before
  if [[ ! -e "$MARK" ]]; then return 0; fi
  for before in "$WORK"/update-from-*.tar.gz; do
    if [[ -s "$before" ]]; then
      stop_openvidu
      put_back "$before" upgrade
      rm -f "$before"
    fi
  done
  start_openvidu
  rm -f "$MARK"
  report upgrade "aborted; OpenVidu $(deployed_version) runs again"
}

finish() {
  if [[ ! -e "$MARK" ]]; then return 0; fi
  rm -f "$MARK"
  report upgrade "finished: OpenVidu $(deployed_version)"
}

step() {
  local words end=$((EPOCHSECONDS + ${OPENVIDU_NODE_WAIT:-50}))
  exec 9>"$RUN_DIR/upgrade.lock"
  flock -n 9 || return 0
  while true; do
    program next >"$RUN_DIR/upgrade.next"
    read -ra words <"$RUN_DIR/upgrade.next"
    case "${words[0]}" in
      idle)
        finish
        return 0
        ;;
      undo)
        undo
        return 0
        ;;
    esac
    if [[ ! -e "$MARK" ]]; then date -u +%FT%TZ | write_file 0644 "$MARK"; fi
    case "${words[0]}" in
      do) perform "${words[@]:1}" ;;
      hold)
        report upgrade "stopped: ${words[*]:1}"
        return 0
        ;;
      *)
        report upgrade "${words[*]}"
        if ((EPOCHSECONDS >= end)); then return 0; fi
        sleep "${OPENVIDU_NODE_PAUSE:-5}"
        ;;
    esac
  done
}

case "${1:-status}" in
  step) step ;;
  act) act "${@:2}" ;;
  begin) begin "${2:-}" ;;
  plan) program plan "$(deployed_version)" ;;
  status | retry | abort) program "$1" ;;
  *) fail "$1 is none of plan, begin, status, retry, abort" ;;
esac
