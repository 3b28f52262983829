#!/usr/bin/env bash
# Takes the bundle away from a machine that is no node any more. Sourced settings: BUNDLE_ID.
set -Eeuo pipefail
rm -f "${OPENVIDU_NODE_ROOT:-}$BUNDLE_ID"
