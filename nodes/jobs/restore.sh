#!/usr/bin/env bash
# Puts a backup back on this master. `openvidu-restore` shows what there is. `openvidu-restore <backup>` restores this
# master's installation and, if the backup holds it, the database of the cluster; `--config-only` and `--database-only`
# one of the two. `--change-version` allows a backup of another release; it is needed on every master, one after the other,
# because all have to run the same one. `--yes` asks nothing. Run again it takes up a restore that was cut short.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# shellcheck source=nodes/lib/masters.sh
. "$NODE_LIB/masters.sh"

backup=list config=wanted database=wanted change_version="" yes=""
for word in "$@"; do
  case "$word" in
    --config-only) database="" ;;
    --database-only) config="" ;;
    --change-version) change_version=1 ;;
    --yes) yes=1 ;;
    -*) fail "$word is no option; there are --config-only, --database-only, --change-version and --yes" ;;
    *) backup="$word" ;;
  esac
done

tell() {
  rm -rf "$PRIVATE_DIR"/restore.*
  if (($1 == 0)); then return 0; fi
  report restore "of $backup not finished at $(date -u +%FT%TZ): $(head -n 1 "$FAILURE_FILE" 2>/dev/null)"
}

# What can be seen to go wrong later is refused here, before anything is touched.
check() {
  local facts master version holds size
  run_program python3 "$NODE_LIB/backup.py" describe "$backup" >"$RUN_DIR/restore.facts"
  mapfile -t facts <"$RUN_DIR/restore.facts"
  master="${facts[0]}" version="${facts[1]}" holds="${facts[2]}" size="${facts[3]}"
  if [[ " $holds " != *" database "* ]]; then database=""; fi
  [[ -n "$config$database" ]] || fail "$backup holds no database"
  [[ -z "$config" || "$master" == "$SLOT" ]] ||
    fail "$backup is of master $master and this is master $SLOT; --database-only takes only the database from it"
  if [[ "$version" != "$(deployed_version)" && "$(cat "$WORK/begun" 2>/dev/null)" != "$backup" ]]; then
    [[ -n "$change_version" ]] ||
      fail "$backup is of OpenVidu $version, not $(deployed_version); --change-version restores it all the same"
  fi
  (($(free_mib "$PRIVATE_DIR") > size / 1048576 + 512)) || fail "not enough room in $PRIVATE_DIR for $backup"
  run_program python3 "$NODE_LIB/upgrade.py" at-rest
}

confirm() {
  local answer=""
  if [[ -n "$yes" ]]; then return 0; fi
  if [[ -n "$config" ]]; then
    echo "OpenVidu on this master will stop, its configuration become that of $backup, and OpenVidu start again."
  fi
  if [[ -n "$database" ]]; then echo "The database of the whole cluster will become that of $backup."; fi
  read -rp "Type yes to go on: " answer || true
  [[ "$answer" == yes ]] || fail "not confirmed; nothing has been changed"
}

rm -f "$FAILURE_FILE"
if [[ "$backup" == list ]]; then
  python3 "$NODE_LIB/backup.py" list
  exit 0
fi
exec 9>"$RUN_DIR/backup.lock"
flock -n 9 || fail "a backup or another restore runs on this master"
trap 'tell $?' EXIT
rm -rf "$PRIVATE_DIR"/restore.*
check
confirm
place="$(mktemp -d "$PRIVATE_DIR/restore.XXXXXX")"
if [[ -n "$config" ]]; then run_program python3 "$NODE_LIB/backup.py" fetch "$backup" installation "$place/installation"; fi
if [[ -n "$database" ]]; then run_program python3 "$NODE_LIB/backup.py" fetch "$backup" database "$place/database"; fi
if [[ -n "$config" ]]; then
  log begin "configuration of $backup"
  stop_openvidu
  put_back "$place/installation" "$backup"
  start_openvidu
  run_program python3 "$NODE_LIB/upgrade.py" restored
fi
if [[ -n "$database" ]]; then run_program python3 "$NODE_LIB/backup.py" restore-database "$place/database"; fi
report restore "ok at $(date -u +%FT%TZ): $backup"
log ok "$backup"
