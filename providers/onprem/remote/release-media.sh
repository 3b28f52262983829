#!/usr/bin/env bash
# Lets a media node leave: drains it, stops OpenVidu and everything of ours, and takes the cluster's credentials away from
# the machine. Files of sessions stay. Can be stopped anywhere and run again. Sourced settings: HOST.
# OPENVIDU_NODE_ROOT is for tests.
set -Eeuo pipefail
ROOT="${OPENVIDU_NODE_ROOT:-}"
drain="$ROOT/usr/local/bin/openvidu-drain"

# A machine that never became a node has nothing to drain.
if [[ -x "$drain" ]]; then
  systemctl start openvidu-drain.service
  "$drain" || {
    echo "$HOST: the drain did not end; see openvidu-status there" >&2
    exit 1
  }
fi
for unit in openvidu-apply.service openvidu-refresh.timer openvidu-refresh.service openvidu-boot.service \
  openvidu-drain.service openvidu.service; do
  systemctl disable --now "$unit" 2>/dev/null || true
done
rm -f "$drain"
# The mark goes before the rest: without it the next installation begins anew and keeps aside what lies here.
rm -f "$ROOT/opt/openvidu/.openvidu-node/installed"
rm -rf "$ROOT/opt/openvidu/config" "$ROOT/var/lib/openvidu-node/private" "$ROOT/etc/openvidu-node/node.env" \
  "$ROOT/etc/openvidu-node/tables.json"
echo "$HOST: has left"
