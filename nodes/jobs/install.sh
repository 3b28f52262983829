#!/usr/bin/env bash
# Installs OpenVidu once: fetches the vendor's bootstrap for the release, runs it only if it is the known file, and marks
# the installation as finished. A new machine that gets an old data disk takes over the installation on it.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
KEPT="$PREFIX/.openvidu-node"
PAUSE="${OPENVIDU_NODE_PAUSE:-30}"
# What the installer puts outside its directory; a rebuilt machine gets it back from the data disk.
OUTSIDE=(etc/systemd/system/openvidu.service etc/sysctl.d/50-openvidu.conf)

restore() {
  local file
  for file in "${OUTSIDE[@]}"; do
    if [[ ! -e "$ROOT/$file" && -e "$KEPT/$file" ]]; then
      mkdir -p "$(dirname "$ROOT/$file")"
      cp -a "$KEPT/$file" "$ROOT/$file"
      log note "restored /$file"
    fi
  done
  systemctl daemon-reload
  sysctl -q --system || log note "kernel settings could not be applied"
}

keep() {
  local file
  for file in "${OUTSIDE[@]}"; do
    if [[ -e "$ROOT/$file" ]]; then
      mkdir -p "$(dirname "$KEPT/$file")"
      cp -a "$ROOT/$file" "$KEPT/$file"
    fi
  done
}

download() {
  curl -fsSL --proto "${PROTOCOLS:-=https}" --tlsv1.2 --max-time "${OPENVIDU_NODE_HTTP_SECONDS:-60}" -o "$1" "$INSTALLER_URL"
}

if [[ "${1:-}" == keep ]]; then
  keep
  exit 0
fi
if is_installed; then
  version="$(<"$KEPT/installed")"
  if [[ "$version" != "$OPENVIDU_VERSION" ]]; then
    log note "version $version is installed, not $OPENVIDU_VERSION; see openvidu-upgrade plan"
  fi
  restore
  exit 0
fi
script="$PRIVATE_DIR/installer.sh"
until_ok 180 10 download "$script" || fail "$INSTALLER_URL could not be fetched"
printf '%s  %s\n' "$INSTALLER_SHA256" "$script" | sha256sum --check --status ||
  fail "the installer does not have the SHA-256 of release $OPENVIDU_VERSION and was not run"
# The vendor's bootstrap pulls its images without a second try, and many machines start at the same time.
for try in 1 2 3; do
  set_aside unfinished
  if python3 "$NODE_LIB/installer.py" "$script"; then break; fi
  if ((try == 3)); then fail "the installer ended with an error three times; see journalctl -u openvidu-boot"; fi
  log note "the installer ended with an error; trying again in $PAUSE s"
  sleep "$PAUSE"
done
[[ -d "$PREFIX/config" ]] || fail "the installer left no $PREFIX/config"
mkdir -p "$KEPT"
keep
# On a master the data disk gets the mark, when it has everything else: an interrupted move starts from the beginning.
if [[ -n "${DATA_DISK:-}" ]]; then "$NODE_LIB/data-disk.sh" adopt; else mark_installed "$PREFIX"; fi
systemctl daemon-reload
