#!/usr/bin/env bash
# Media nodes: waits to be told to leave, lets every session end, then tells the cloud, once. The request is remembered
# on disk with its time, so a restart of this program or of the machine takes up where it was.
# A person or a program on the machine asks for a drain by creating /run/openvidu-node/drain-requested.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/clouds/aws.sh
. "$NODE_LIB/cloud.sh"
REQUEST="$RUN_DIR/drain-requested"
STARTED="$STATE_DIR/drain"
FINISHED="$STATE_DIR/drain-completed"
POLL="${DRAIN_POLL_SECONDS:-10}"
# Hooks run out after an hour without a heartbeat; a beat each 1200 s leaves room for two failures.
BEAT=1200

# Sessions on a node whose disk is full may end in peace as well.
remember_in_memory() {
  STARTED="$RUN_DIR/drain"
  printf '%s\n' "$EPOCHSECONDS" >"$STARTED"
}

wait_for_request() {
  until [[ -e "$STARTED" ]]; do
    if [[ -e "$REQUEST" ]] || cloud_drain_requested; then
      printf '%s\n' "$EPOCHSECONDS" | write_file 0644 "$STARTED" || remember_in_memory
    else
      sleep "$POLL"
    fi
  done
}

# SIGQUIT means: take nothing new, end when what runs has ended. Each failure is noted and passed over: a container that
# cannot be reached must not keep the others from being asked.
signal_all() {
  local name agents
  agents="$(ask_docker ps -q --filter label=openvidu-agent=true)" || agents=""
  for name in openvidu ingress egress $agents; do
    ask_docker container kill --signal=SIGQUIT "$name" >/dev/null 2>&1 || log note "$name was not signalled"
  done
}

# 0: sessions may run. 1: none runs. 2: Docker did not say.
still_running() {
  local list name agent
  list="$(ask_docker ps --format '{{.Names}} {{.Label "openvidu-agent"}}' 2>/dev/null)" || return 2
  while read -r name agent; do
    if [[ "$name" == openvidu || "$name" == ingress || "$name" == egress || "$agent" == true ]]; then return 0; fi
  done <<<"$list"
  return 1
}

beat() {
  if ((EPOCHSECONDS < next_beat)); then return 0; fi
  if cloud_drain_alive; then
    next_beat=$((EPOCHSECONDS + BEAT))
  else
    next_beat=$((EPOCHSECONDS + 60))
    log note "heartbeat was not taken"
  fi
}

# A Docker that stays silent for ten minutes has nothing left to wait for.
wait_until_empty() {
  local deadline=$(($(<"$STARTED") + DRAIN_TIMEOUT_SECONDS)) silent_since=0 code
  next_beat=0
  while true; do
    code=0
    still_running || code=$?
    if ((code == 1)); then return 0; fi
    if ((code == 0)); then silent_since=0; elif ((silent_since == 0)); then silent_since=$EPOCHSECONDS; fi
    if ((silent_since > 0 && EPOCHSECONDS - silent_since > 600)); then
      log note "Docker has not answered for 600 s"
      return 0
    fi
    if ((EPOCHSECONDS >= deadline)); then
      log note "sessions still run after $DRAIN_TIMEOUT_SECONDS s and will be cut"
      return 0
    fi
    beat
    sleep "$POLL"
  done
}

wait_for_request
if [[ -e "$FINISHED" ]]; then exit 0; fi
set_status draining
log begin
if command -v docker >/dev/null; then
  signal_all
  wait_until_empty
  systemctl stop openvidu || log note "OpenVidu did not stop cleanly"
fi
set_status drained
cloud_drain_done || fail "the cloud did not take the news that this node is drained"
printf '%s\n' "$EPOCHSECONDS" | write_file 0644 "$FINISHED"
log ok
