# shellcheck shell=bash
# What the jobs need to know and say on AWS. Every cloud's file defines the same functions.

cloud() { python3 "$NODE_LIB/cloud.py" "$@"; }

cloud_private_ip() { cloud metadata local-ipv4; }

# The volume's id is the only identity: names and the order of disks depend on the instance type
# (reference/cloud-facts-aws.md 5).
cloud_data_disk() {
  printf '%s\n' "$ROOT/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${DATA_DISK//-/}"
}

# The group knows its nodes.
cloud_announce() { :; }

# A media node says that it is ready by completing the hook that holds its launch. A reboot finds no hook, and neither
# does a machine that was started by hand.
cloud_ready() {
  if [[ "$ROLE" != media || -e "$STATE_DIR/launch-completed" ]]; then return 0; fi
  local deadline=$((EPOCHSECONDS + ${OPENVIDU_NODE_WAIT:-240})) code
  while true; do
    code=0
    cloud complete "$LAUNCH_HOOK" CONTINUE || code=$?
    if ((code == 0)); then break; fi
    if ((EPOCHSECONDS + 10 > deadline)); then
      if ((code != 3)); then return 1; fi
      log note "no launch hook waits for this node"
      break
    fi
    sleep 10
  done
  touch "$STATE_DIR/launch-completed"
}

# Ends a media node that cannot become ready: by its launch hook, and after the launch by its health. Masters stay, for
# an operator to look at: nothing would make a fresh one more lucky, and their data disks are theirs alone.
cloud_give_up() {
  if [[ "$ROLE" != media ]]; then return 0; fi
  if cloud complete "$LAUNCH_HOOK" ABANDON; then return 0; fi
  if cloud unhealthy; then return 0; fi
  systemctl poweroff
}

# The target state appears when the group has chosen this node; 404 and errors are no news.
cloud_drain_requested() {
  local state
  state="$(cloud metadata autoscaling/target-lifecycle-state 2>/dev/null)" || return 1
  [[ "$state" == Terminated || "$state" == Warmed:Terminated ]]
}

cloud_drain_alive() { cloud heartbeat "$TERMINATE_HOOK"; }

# The target state can be visible before the action is open, so "no such action" is asked again for a while.
cloud_drain_done() {
  until_ok 1800 15 cloud complete "$TERMINATE_HOOK" CONTINUE
}
