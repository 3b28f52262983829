# shellcheck shell=bash
# What the jobs need to know and say on Azure. Every cloud's file defines the same functions.

cloud() { python3 "$NODE_LIB/cloud.py" "$@"; }

cloud_private_ip() { cloud instance network/interface/0/ipv4/ipAddress/0/privateIpAddress; }

# NVMe sizes and SCSI sizes have different links to the same logical unit (reference/cloud-facts-azure.md 2.5).
cloud_data_disk() {
  local unit="${DATA_DISK#lun}"
  printf '%s\n' "$ROOT/dev/disk/azure/data/by-lun/$unit" "$ROOT/dev/disk/azure/scsi1/lun$unit"
}

# The health extension asks OpenVidu itself, so there is nothing to say.
cloud_ready() { :; }

# No hook holds a launch here, and a node may not delete machines. A media node that cannot become ready stops, so that
# it takes no session and its stopped machine is plain to see. Masters stay up for an operator to look at.
cloud_give_up() {
  if [[ "$ROLE" != media ]]; then return 0; fi
  systemctl poweroff
}

# The controller counts a node from its first heartbeat on, so none serves before it has been heard. Once: what a reboot
# finds announced must not wait for a store that is down.
cloud_announce() {
  if [[ -e "$STATE_DIR/announced" ]]; then return 0; fi
  local seconds=$((${BOOT_DEADLINE:-EPOCHSECONDS + 930} - EPOCHSECONDS - 30))
  until_ok "$seconds" 10 python3 "$NODE_LIB/heartbeat.py" || return 1
  touch "$STATE_DIR/announced"
}

# The controller asks, or someone deletes the machine without having asked: then the notice (5 to 15 minutes) is the
# last chance.
cloud_drain_requested() { [[ -n "$(cloud drain-requested 2>/dev/null)" ]]; }

cloud_drain_alive() { :; }

# The drained node says so, now and each minute, waits for its end and approves it at once. The loop ends with the
# machine.
cloud_drain_done() {
  local event
  touch "$STATE_DIR/drained" || touch "$RUN_DIR/drained"
  python3 "$NODE_LIB/heartbeat.py" || log note "the next heartbeat will say that this node is drained"
  while true; do
    event="$(cloud own-termination 2>/dev/null)" || event=""
    if [[ -n "$event" ]] && cloud approve "$event"; then return 0; fi
    sleep "${DRAIN_POLL_SECONDS:-10}"
  done
}
