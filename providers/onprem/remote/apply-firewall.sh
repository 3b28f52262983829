#!/usr/bin/env bash
# Applies the firewall of this machine: nftables rules or a list of ufw rules on standard input. Refuses rules that would
# lock out whoever brings them. Sourced settings: HOST, KIND (nftables or ufw), OPERATORS. OPENVIDU_NODE_ROOT is for tests.
set -Eeuo pipefail
ROOT="${OPENVIDU_NODE_ROOT:-}"
RULES="$ROOT/etc/openvidu-node/firewall.nft"
UNIT="$ROOT/etc/systemd/system/openvidu-firewall.service"

stop() {
  echo "$HOST: $1" >&2
  exit 1
}

# The first word of SSH_CONNECTION is where this connection comes from.
# shellcheck disable=SC2086 # ranges, without blanks
is_operator() {
  python3 -c '
import ipaddress, sys
address = ipaddress.ip_address(sys.argv[1])
sys.exit(not any(address in ipaddress.ip_network(each) for each in sys.argv[2:]))' "${SSH_CONNECTION%% *}" $OPERATORS
}

apply_nftables() {
  command -v nft >/dev/null || stop "nftables is not installed"
  umask 077
  mkdir -p "$(dirname "$RULES")" "$(dirname "$UNIT")"
  cat >"$RULES.new"
  nft -c -f "$RULES.new" || stop "nft does not take the rules; nothing was changed"
  mv -f "$RULES.new" "$RULES"
  nft -f "$RULES"
  cat >"$UNIT" <<'UNIT_END'
[Unit]
Description=Firewall of this OpenVidu node
DefaultDependencies=no
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/openvidu-node/firewall.nft
ExecStop=-/usr/sbin/nft delete table inet openvidu

[Install]
WantedBy=sysinit.target
UNIT_END
  chmod 0644 "$UNIT"
  systemctl daemon-reload
  systemctl enable openvidu-firewall.service
}

# Numbers change with every rule that goes, so the last one goes first.
remove_ufw() {
  ufw status numbered | sed -n 's/^\[ *\([0-9]*\)\].*# openvidu .*/\1/p' | sort -rn | while read -r number; do
    ufw --force delete "$number" >/dev/null
  done
}

# New rules are there before the firewall is switched on, and only what has our comment is ever taken away.
apply_ufw() {
  command -v ufw >/dev/null || stop "ufw is not installed"
  local line
  remove_ufw
  while IFS= read -r line; do
    [[ "$line" == "ufw "* ]] || continue
    bash -c "$line" >/dev/null || stop "ufw did not take: $line"
  done
  ufw default deny incoming >/dev/null
  ufw --force enable >/dev/null
}

is_operator || stop "access.operatorCidrs does not hold ${SSH_CONNECTION%% *}, from which this comes: it would be locked out"
"apply_$KIND"
echo "$HOST: firewall applied by $KIND"
