# shellcheck shell=bash
# What the jobs of day 2 on a master share: a look at the other masters, the line that openvidu-status shows, the mark that
# keeps OpenVidu stopped, and OpenVidu's installation as files: all that lies in its directory but its data. Sourced after
# common.sh.
KEPT="$PREFIX/.openvidu-node"
# Takes no part in backups, and lies on the same file system, so that files change places at once.
WORK="$KEPT/work"
HOLD="$STATE_DIR/hold"
# Services and vendor's programs own these; a backup of files would be torn or large.
DATA=(data backups egress_data lost+found)

answers() { [[ "$(curl -s -o /dev/null -w '%{http_code}' --noproxy '*' --max-time 5 "$1" || true)" == 200 ]]; }

# The address of this node's health check, at another master.
health_at() {
  local place="${HEALTH_URL#*://}"
  printf '%s://%s%s' "${HEALTH_URL%%://*}" "$1" "${place#"${place%%[:/]*}"}"
}

# report <what> <text>: never hand it a value from the bundle.
report() {
  mkdir -p "$STATE_DIR/status.d"
  printf '%s=%s\n' "$1" "$2" | write_file 0644 "$STATE_DIR/status.d/$1" || log note "no status written"
}

# The vendor's own record; while a change of files is under way it can be missing.
deployed_version() {
  local release=""
  release="$(sed -nE 's/^[^#]*version"?: *"?([0-9][^" ]*)"?.*/\1/p' "$PREFIX/deployment-info.yaml" 2>/dev/null | head -n 1)" || true
  printf '%s\n' "${release:-$(cat "$KEPT/installed" 2>/dev/null || true)}"
}

# free_mib <path>
free_mib() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }

# The mark comes first and goes last: a reboot in between starts nothing. The unit of OpenVidu looks at it. A boot or
# a run of refresh that is under way ends first; later ones find the mark.
stop_openvidu() {
  touch "$HOLD"
  (flock -w "${OPENVIDU_NODE_WAIT:-1800}" 8) 8>"$RUN_DIR/refresh.lock" || fail "this node boots or applies settings and does not end"
  systemctl stop openvidu
}

start_openvidu() {
  rm -f "$WORK/begun" "$HOLD" "$STATE_DIR/settings"
  systemctl start openvidu
}

# Arguments of the tar that packs the installation to its standard output.
pack_arguments() {
  printf '%s\n' -C "$PREFIX" --anchored "${DATA[@]/#/--exclude=./}" --exclude=./.openvidu-node/work -czf - .
}

own_entries() {
  local entry name
  for entry in "$1"/* "$1"/.[!.]*; do
    name="$(basename "$entry")"
    if [[ -e "$entry" && "$name" != .openvidu-node && " ${DATA[*]} " != *" $name "* ]]; then printf '%s\n' "$name"; fi
  done
}

# put_back <archive> <name>: the installation becomes what the archive holds, and what was there stays in
# work/before-<name>. Called again before OpenVidu has started it begins anew, but for what has been moved there already.
put_back() {
  local stage="$WORK/stage" aside="$WORK/before-$2" name
  rm -rf "$stage"
  mkdir -p "$stage"
  chmod 0700 "$WORK"
  tar -C "$stage" -xzpf "$1"
  [[ -d "$stage/config" && -s "$stage/deployment-info.yaml" ]] || fail "$2 holds no installation of OpenVidu"
  if [[ ! -e "$WORK/begun" ]]; then rm -rf "$WORK"/before-*; fi
  printf '%s\n' "$2" | write_file 0600 "$WORK/begun"
  mkdir -p "$aside"
  while read -r name; do
    if [[ -e "$aside/$name" ]]; then rm -rf "${PREFIX:?}/$name"; else mv "$PREFIX/$name" "$aside/$name"; fi
  done < <(own_entries "$PREFIX")
  while read -r name; do mv "$stage/$name" "$PREFIX/$name"; done < <(own_entries "$stage")
  if [[ -d "$stage/.openvidu-node/etc" ]]; then cp -a "$stage/.openvidu-node/etc/." "$ROOT/etc/"; fi
  cp -a "$stage/.openvidu-node/." "$KEPT/"
  sync -f "$PREFIX"
  rm -rf "$stage"
  systemctl daemon-reload
}
