#!/usr/bin/env bash
# Stops a master for good and leaves its data and configuration where they are. Sourced settings: HOST.
set -Eeuo pipefail
for unit in openvidu-upgrade.timer openvidu-backup.timer openvidu-apply.service openvidu-refresh.timer \
  openvidu-refresh.service openvidu-boot.service openvidu.service; do
  systemctl disable --now "$unit" 2>/dev/null || true
done
echo "$HOST: stopped; its data is kept below /opt/openvidu"
