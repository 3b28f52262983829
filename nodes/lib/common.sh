# shellcheck shell=bash
# What every job on a node shares: paths, the log line, the status file, atomic writes and bounded waiting.
# Sourced, never run. OPENVIDU_NODE_ROOT moves every path below another directory; only tests set it.
set -Eeuo pipefail

ROOT="${OPENVIDU_NODE_ROOT:-}"
NODE_LIB="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
STATE_DIR="$ROOT/var/lib/openvidu-node"
PRIVATE_DIR="$STATE_DIR/private"
RUN_DIR="$ROOT/run/openvidu-node"
PREFIX="$ROOT/opt/openvidu"
BUNDLE="$PRIVATE_DIR/bundle.json"
# The first job that fails leaves its reason here; whoever supervises the jobs reports it, once.
FAILURE_FILE="${FAILURE_FILE:-$RUN_DIR/$(basename "$0").failure}"
STEP="${STEP:-$(basename "$0" .sh)}"
# Says that files have been written which OpenVidu has not read (restart) or not proved to work with (wait).
RESTART="$RUN_DIR/restart"
# Services start without it, and some programs of others insist on it.
export HOME="${HOME:-/root}"
export ROOT NODE_LIB STATE_DIR PRIVATE_DIR RUN_DIR PREFIX BUNDLE RESTART FAILURE_FILE

mkdir -p "$PRIVATE_DIR" "$RUN_DIR"
chmod 0700 "$PRIVATE_DIR"

# log <outcome> [why]: one line for the journal. Never hand it a value from the bundle.
log() {
  printf 'openvidu-node step=%s outcome=%s%s\n' "$STEP" "$1" "${2:+ why=\"$2\"}"
}

# The reason file is written once: a failing step, its parent and the supervisor all pass here.
note_failure() {
  (set -o noclobber && printf '%s\n' "$1" >"$FAILURE_FILE") 2>/dev/null || true
}

fail() {
  note_failure "$STEP: $1"
  log failed "$1" >&2
  trap - ERR
  exit 1
}

# BASH_COMMAND is the text of the command before expansion, so it cannot carry a value.
on_error() {
  local code=$? line="$1" command="$2"
  note_failure "$STEP: line $line: \"$command\" ended with $code"
  trap - ERR
  exit "$code"
}
trap 'on_error "$LINENO" "$BASH_COMMAND"' ERR

# Settings are data that the renderer quoted; programs started from here see them as environment.
load_settings() {
  set -a
  # shellcheck source=/dev/null
  . "$ROOT/etc/openvidu-node/node.env"
  set +a
  if [[ -n "${HTTP_PROXY:-}" ]]; then export http_proxy="$HTTP_PROXY"; fi
  if [[ -n "${HTTPS_PROXY:-}" ]]; then export https_proxy="$HTTPS_PROXY"; fi
  if [[ -n "${NO_PROXY:-}" ]]; then export no_proxy="$NO_PROXY"; fi
}

# write_file <mode> <path>: standard input becomes the whole file, or the file stays as it was, on a full disk as well.
# Joined by && because callers may have switched errexit off.
write_file() {
  local temporary
  mkdir -p "$(dirname "$2")" && temporary="$(mktemp "$2.XXXXXX")" || return 1
  if cat >"$temporary" && chmod "$1" "$temporary" && mv -f "$temporary" "$2"; then return 0; fi
  rm -f "$temporary"
  return 1
}

# set_status <state> [detail]: what openvidu-status shows. Nobody acts on it, so a full disk stops nothing here.
set_status() {
  printf 'state=%s\nsince=%s\nrole=%s\nversion=%s\ndetail=%s\n' \
    "$1" "$(date -u +%FT%TZ)" "${ROLE:-}" "${OPENVIDU_VERSION:-}" "${2:-}" | write_file 0644 "$STATE_DIR/status" ||
    log note "no status written"
}

# until_ok <seconds> <pause> <command...>: tries again until it succeeds or the time is over. Inside it errexit is off.
# Tests shorten all waits by OPENVIDU_NODE_WAIT and OPENVIDU_NODE_PAUSE.
until_ok() {
  local deadline=$((EPOCHSECONDS + ${OPENVIDU_NODE_WAIT:-$1})) pause="${OPENVIDU_NODE_PAUSE:-$2}"
  shift 2
  until "$@"; do
    if ((EPOCHSECONDS + pause > deadline)); then return 1; fi
    sleep "$pause"
  done
}

# set_aside <why>: what lies at OpenVidu's place is kept for a look, out of the way.
set_aside() { if [[ -d "$PREFIX" && -n "$(ls -A "$PREFIX")" ]]; then mv "$PREFIX" "$PREFIX.$1-$EPOCHSECONDS"; fi; }
mark_installed() { printf '%s\n' "$OPENVIDU_VERSION" | write_file 0644 "$1/.openvidu-node/installed"; }
is_installed() { [[ -s "$PREFIX/.openvidu-node/installed" ]]; }
# A unit that is starting may have read its settings already.
openvidu_runs() { [[ "$(systemctl is-active openvidu || true)" =~ ^(active|activating|reloading)$ ]]; }
is_leaving() { [[ -e "$STATE_DIR/drain" ]]; }
# An upgrade or a restore is at OpenVidu's files: nobody else may start, stop or change it.
is_upgrading() { [[ -e "$STATE_DIR/upgrade" || -e "$STATE_DIR/hold" ]]; }

# A Docker that hangs does not end when it is told to.
ask_docker() { timeout --kill-after=5 30 docker "$@"; }

# run_program <command...>: its errors become the reason of the failure. Our programs write reasons, never values.
run_program() {
  local errors code=0
  errors="$(mktemp "$RUN_DIR/errors.XXXXXX")"
  "$@" 2>"$errors" || code=$?
  if ((code != 0)); then
    local reason
    reason="$(tail -n 1 "$errors")"
    rm -f "$errors"
    fail "${reason:-ended with $code}"
  fi
  rm -f "$errors"
}
