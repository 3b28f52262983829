#!/usr/bin/env bash
# Looks whether a machine of the customer's own can become a node, and changes nothing. Names everything that is wrong at
# once, a line each, and fails if there is anything. Sourced settings: HOST, ROLE, CLUSTER, PRIVATE_ADDRESS, TCP_PORTS,
# UDP_PORTS, REACH, MIN_CPUS, MIN_MEMORY_MIB, MIN_DISK_GIB. OPENVIDU_NODE_ROOT is for tests.
set -uo pipefail
ROOT="${OPENVIDU_NODE_ROOT:-}"
wrong=()
bad() { wrong+=("$1"); }

check_system() {
  local ID="" VERSION_ID="" PRETTY_NAME=""
  # shellcheck source=/dev/null
  . "$ROOT/etc/os-release" 2>/dev/null
  case "$ID $VERSION_ID" in
    "ubuntu 22.04" | "ubuntu 24.04") ;;
    *) bad "runs ${PRETTY_NAME:-an unknown system}; Ubuntu 22.04 or 24.04 is needed" ;;
  esac
  case "$(uname -m)" in
    x86_64 | aarch64) ;;
    *) bad "has a processor of kind $(uname -m); x86_64 or aarch64 is needed" ;;
  esac
  local program
  for program in python3 curl systemctl ss ip sha256sum; do
    command -v "$program" >/dev/null || bad "lacks the program $program"
  done
}

check_size() {
  local cpus memory place="$ROOT/opt" disk
  cpus="$(nproc)"
  ((cpus >= MIN_CPUS)) || bad "has $cpus processors; $MIN_CPUS are needed"
  memory="$(awk '/^MemTotal:/ { print int($2 / 1024) }' "$ROOT/proc/meminfo")"
  ((${memory:-0} >= MIN_MEMORY_MIB)) || bad "has ${memory:-0} MiB of memory; $MIN_MEMORY_MIB are needed"
  [[ -d "$ROOT/opt/openvidu" ]] && place="$ROOT/opt/openvidu"
  [[ -d "$place" ]] || place="$ROOT/"
  disk="$(df -Pk "$place" | awk 'NR == 2 { print int($2 / 1048576) }')"
  ((${disk:-0} >= MIN_DISK_GIB)) || bad "has a disk of ${disk:-0} GiB below /opt; $MIN_DISK_GIB are needed"
}

check_address() {
  ip -4 -o addr show 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print $4 }' | grep -qxF "$PRIVATE_ADDRESS" ||
    bad "has no interface with the address $PRIVATE_ADDRESS"
}

check_clock() {
  [[ "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)" == yes ]] ||
    bad "does not have its clock synchronised; switch on systemd-timesyncd or chrony"
}

# A port is "443" or "50000-60000".
taken() {
  ss -Hln "--$1" 2>/dev/null | awk -v ports="$2" '
    BEGIN { count = split(ports, ranges, " ") }
    {
      port = $4; sub(/.*:/, "", port)
      for (i = 1; i <= count; i++) {
        split(ranges[i], ends, "-"); last = ends[2] == "" ? ends[1] : ends[2]
        if (port + 0 >= ends[1] + 0 && port + 0 <= last + 0) found[port] = 1
      }
    }
    END { for (port in found) print port }' | sort -n | tr '\n' ' '
}

# What a node of this cluster runs on its machine is its own business.
check_free() {
  local kind list ports other
  if [[ -e "$ROOT/etc/openvidu-node/node.env" ]]; then
    other="$(sed -n "s/^CLUSTER='\(.*\)'$/\1/p" "$ROOT/etc/openvidu-node/node.env")"
    [[ "$other" == "$CLUSTER" ]] || bad "is a node of the cluster $other"
    other="$(sed -n "s/^ROLE='\(.*\)'$/\1/p" "$ROOT/etc/openvidu-node/node.env")"
    [[ "$other" == "$ROLE" ]] || bad "is a $other node of this cluster"
    return 0
  fi
  if [[ -d "$ROOT/opt/openvidu/config" ]]; then bad "has an installation of OpenVidu that this program did not make"; fi
  for kind in tcp udp; do
    ports="TCP_PORTS"
    [[ "$kind" == tcp ]] || ports="UDP_PORTS"
    list="$(taken "$kind" "${!ports}")"
    [[ -z "$list" ]] || bad "uses the $kind ports ${list% } already"
  done
  if command -v docker >/dev/null; then
    list="$(timeout 20 docker ps --format '{{.Names}}' 2>/dev/null | tr '\n' ' ')"
    [[ -z "$list" ]] || bad "runs other containers (${list% }), which the installer would stop for a while"
  fi
}

reaches() { timeout 10 bash -c "exec 3<>/dev/tcp/${1%:*}/${1##*:}" 2>/dev/null; }

check_way_out() {
  local place pids=() places=()
  for place in $REACH; do
    reaches "$place" &
    pids+=($!)
    places+=("$place")
  done
  for place in "${!pids[@]}"; do
    wait "${pids[$place]}" || bad "does not reach ${places[$place]}"
  done
}

check_system
check_size
check_address
check_clock
check_free
check_way_out
if ((${#wrong[@]} == 0)); then
  echo "$HOST: fit to be a $ROLE node"
  exit 0
fi
printf "$HOST: %s\n" "${wrong[@]}"
exit 1
