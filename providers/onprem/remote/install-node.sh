#!/usr/bin/env bash
# Makes a machine a node: puts the files of the user data on standard input in place, starts what the user data starts,
# and waits until the node is ready or says why it is not. On a node it brings changed programs and settings; OpenVidu is
# not restarted for them. Sourced settings: HOST, ROLE, WAIT_SECONDS; ACTION is create for a machine that is new in the
# cluster. OPENVIDU_NODE_ROOT is for tests.
set -Eeuo pipefail
ROOT="${OPENVIDU_NODE_ROOT:-}"
STATE="$ROOT/var/lib/openvidu-node"
POLL="${OPENVIDU_NODE_PAUSE:-5}"

boot_state() { systemctl is-active openvidu-boot.service 2>/dev/null || true; }
field() { sed -n "s/^$1=//p" "$STATE/status" 2>/dev/null || true; }

# A machine that has left the cluster may come back to it.
if [[ "$ACTION" == create && "$(boot_state)" != active ]]; then
  rm -f "$STATE/drain" "$STATE/drain-completed" "$ROOT/run/openvidu-node/drain-requested"
fi
if [[ "$(boot_state)" != active ]]; then rm -f "$STATE/status"; fi

# The commands come last, so that nothing starts before all of its files are there.
OPENVIDU_NODE_ROOT="$ROOT" python3 -c '
import base64, gzip, json, os, subprocess, sys, tempfile
root, text = os.environ["OPENVIDU_NODE_ROOT"], gzip.decompress(base64.b64decode(sys.stdin.read())).decode()
document = json.loads(text.split("\n", 1)[1])
for file in document["write_files"]:
    path = root + file["path"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    with os.fdopen(handle, "w", newline="", encoding="utf-8") as target:
        os.fchmod(handle, int(file["permissions"], 8))
        target.write(file["content"])
        target.flush()
        os.fsync(handle)
    os.replace(temporary, path)
for command in document["runcmd"]:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
'

# A word now and then keeps the connection alive over which somebody waits.
deadline=$((EPOCHSECONDS + WAIT_SECONDS))
next=$((EPOCHSECONDS + 60))
while true; do
  case "$(field state)" in
    ready | applying | waiting | draining | drained)
      echo "$HOST: $(field state)"
      exit 0
      ;;
  esac
  if [[ "$(boot_state)" == failed ]]; then
    echo "$HOST: not ready: $(field detail)" >&2
    exit 1
  fi
  if ((EPOCHSECONDS >= deadline)); then
    echo "$HOST: not ready within $WAIT_SECONDS s, state $(field state) $(field detail); see openvidu-status there" >&2
    exit 1
  fi
  if ((EPOCHSECONDS >= next)); then
    echo "$HOST: $(field state) $(cat "$ROOT/run/openvidu-node/step" 2>/dev/null || true)"
    next=$((EPOCHSECONDS + 60))
  fi
  sleep "$POLL"
done
