#!/usr/bin/env bash
# Takes our firewall rules away and leaves those of others. Sourced settings: HOST, KIND. OPENVIDU_NODE_ROOT is for tests.
set -Eeuo pipefail
ROOT="${OPENVIDU_NODE_ROOT:-}"
if [[ "$KIND" == nftables ]]; then
  systemctl disable openvidu-firewall.service 2>/dev/null || true
  if nft list table inet openvidu >/dev/null 2>&1; then nft delete table inet openvidu; fi
  rm -f "$ROOT/etc/systemd/system/openvidu-firewall.service" "$ROOT/etc/openvidu-node/firewall.nft"
  systemctl daemon-reload
else
  ufw status numbered | sed -n 's/^\[ *\([0-9]*\)\].*# openvidu .*/\1/p' | sort -rn | while read -r number; do
    ufw --force delete "$number" >/dev/null
  done
fi
echo "$HOST: firewall rules removed"
