#!/usr/bin/env bash
# Azure masters, each minute: keeps the group of media nodes to its limits and its template, see lib/controller.py.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
exec python3 "$NODE_LIB/controller.py"
