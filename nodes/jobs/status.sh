#!/usr/bin/env bash
# Shows a person where this node stands: `openvidu-status`.
set -Eeuo pipefail
state="${OPENVIDU_NODE_ROOT:-}/var/lib/openvidu-node/status"
if [[ -r "$state" ]]; then
  cat "$state"
else
  echo "state=new"
fi
cat "${state%/*}/controller" 2>/dev/null || true
echo "settings=$(cat "${OPENVIDU_NODE_ROOT:-}/var/lib/openvidu-node/settings" 2>/dev/null || echo none)"
cat "${state%/*}"/status.d/* 2>/dev/null || true
echo "openvidu=$(systemctl is-active openvidu 2>/dev/null || true)"
echo "log=journalctl -u openvidu-boot -u openvidu-refresh -u openvidu-apply -u openvidu-drain -u openvidu-backup -u openvidu-upgrade -u openvidu-controller -u openvidu"
