#!/usr/bin/env bash
# The disk that outlives a master. `prepare` finds it by identity, formats it only if it is blank and mounts it: at
# OpenVidu's directory if an installation lies on it, else aside, because the vendor's installer wants a fresh directory.
# `adopt` moves a finished installation onto it. All state of a master is below that directory: data/, config/, owncert/
# (reference/onprem-v2-reference.md A.10, A.11.3). Docker keeps only images and logs, so its root stays on the system disk.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/clouds/aws.sh
. "$NODE_LIB/cloud.sh"
ASIDE="$ROOT/mnt/openvidu-data"
FSTAB="$ROOT/etc/fstab"

find_disk() {
  local link
  while read -r link; do
    if [[ -e "$link" ]]; then
      DEVICE="$(readlink -f "$link")"
      return 0
    fi
  done < <(cloud_data_disk)
  return 1
}

# Nothing that could be data is ever formatted: a disk is blank only if both tools find no trace of anything on it.
format_blank() {
  [[ "$(lsblk -dno TYPE "$DEVICE")" == disk ]] || fail "$DATA_DISK is not a whole disk"
  [[ "$(lsblk -no NAME "$DEVICE" | wc -l)" == 1 ]] || fail "$DATA_DISK has partitions"
  local kind traces
  kind="$(blkid -p -s TYPE -o value "$DEVICE" || true)"
  if [[ "$kind" == ext4 ]]; then return 0; fi
  # A disk that cannot be read looks blank to blkid.
  traces="$(wipefs -n "$DEVICE")" || fail "$DATA_DISK could not be examined and is left alone"
  [[ -z "$kind$traces" ]] || fail "$DATA_DISK holds ${kind:-something} and is left alone"
  log note "formatting blank disk $DATA_DISK"
  mkfs.ext4 -q -m 0 -L openvidu-data "$DEVICE"
}

# nofail: a missing disk must not stop the machine from coming up; OpenVidu itself waits for the mount.
remember_mount() {
  local id
  id="$(blkid -p -s UUID -o value "$DEVICE")"
  [[ -n "$id" ]] || fail "$DATA_DISK has no UUID"
  {
    awk '$2 != "/opt/openvidu"' "$FSTAB"
    printf 'UUID=%s /opt/openvidu ext4 defaults,nofail,x-systemd.device-timeout=120s 0 2\n' "$id"
  } | write_file 0644 "$FSTAB"
  systemctl daemon-reload
}

mount_in_place() {
  if mountpoint -q "$PREFIX"; then return 0; fi
  # The installation on the disk counts: what lies here was left when a move onto it was interrupted.
  set_aside replaced
  mkdir -p "$PREFIX"
  remember_mount
  mount "$PREFIX" || mountpoint -q "$PREFIX"
}

# An installation counts once its marker is there. An unfinished copy is OpenVidu's fresh files without any data, since
# nothing runs before the copy is finished; anything else is somebody's and stays.
check_aside() {
  [[ -e "$ASIDE/.openvidu-node/unfinished" ]] && return 0
  [[ -z "$(find "$ASIDE/" -mindepth 1 -maxdepth 1 ! -name lost+found ! '(' -name .openvidu-node -empty ')')" ]] ||
    fail "$DATA_DISK holds files but no finished installation, and is left alone"
}

prepare() {
  until_ok 300 5 find_disk || fail "$DATA_DISK did not appear within 300 s"
  if ! mountpoint -q "$PREFIX"; then
    format_blank
    mkdir -p "$ASIDE"
    mountpoint -q "$ASIDE" || mount "$DEVICE" "$ASIDE"
    if [[ -s "$ASIDE/.openvidu-node/installed" ]]; then
      # Left by a move that was interrupted at its very end. Nothing on this disk may be taken for unfinished any more.
      rm -f "$ASIDE/.openvidu-node/unfinished"
      umount "$ASIDE"
      mount_in_place
    else
      check_aside
    fi
  fi
  # A master works as well on a disk that has not grown yet.
  resize2fs "$DEVICE" || log note "$DATA_DISK was not grown"
}

adopt() {
  find_disk || fail "$DATA_DISK has disappeared"
  mountpoint -q "$ASIDE" || fail "$DATA_DISK is not mounted at $ASIDE"
  mkdir -p "$ASIDE/.openvidu-node"
  touch "$ASIDE/.openvidu-node/unfinished"
  find "$ASIDE/" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .openvidu-node -exec rm -rf {} +
  cp -a "$PREFIX/." "$ASIDE/"
  sync -f "$ASIDE"
  mark_installed "$ASIDE"
  rm -f "$ASIDE/.openvidu-node/unfinished"
  umount "$ASIDE"
  find "$PREFIX" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
  mount_in_place
}

"$1"
