#!/usr/bin/env bash
# Azure media nodes, each minute: tells the controller on the masters how this node is, see lib/heartbeat.py.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
exec python3 "$NODE_LIB/heartbeat.py"
