# An Azure media node says how it is, for the controller on the masters: state, sessions, traffic and CPU since the last
# time, and the template that it was made from. One object per machine; its age is the store's own.
import json
import os
import re
import sys

from bundle import replace_file
from cloud import instance, store_request
from web import Trouble, call

ROOT, STATE, RUN = os.environ["ROOT"], os.environ["STATE_DIR"], os.environ["RUN_DIR"]
LAST = RUN + "/heartbeat.json"
PARTICIPANTS = re.compile("livekit_participant_total[ {]")


def lines(path):
    with open(ROOT + path) as file:
        return file.read().splitlines()


# The marks of a drain may be in memory only, on a machine whose disk is full.
def state():
    marks = (("drained", "drained"), ("drain-completed", "drained"), ("drain", "draining"))
    for mark, meaning in marks:
        if os.path.exists(STATE + "/" + mark) or os.path.exists(RUN + "/" + mark):
            return meaning
    return "serving" if os.path.exists(RUN + "/ready") else "booting"


# The interface with the default route alone: bridges, and the accelerated twin of an interface, count the same bytes.
def transferred():
    routes = [line.split() for line in lines("/proc/net/route")[1:]]
    names = {route[0] for route in routes if route[1] == "00000000"}
    total = 0
    for line in lines("/proc/net/dev")[2:]:
        name, _, counters = line.partition(":")
        if name.strip() in names:
            fields = counters.split()
            total += int(fields[0]) + int(fields[8])
    return total


# Time of the processors in ticks, without that of guests, which user time holds already; waiting for a disk is idle.
def counters():
    ticks = [int(field) for field in lines("/proc/stat")[0].split()[1:9]]
    seconds = float(lines("/proc/uptime")[0].split()[0])
    return {"all": sum(ticks), "idle": ticks[3] + ticks[4], "bytes": transferred(), "seconds": seconds}


# Counters begin at zero with the machine, so without a last time these are means since its start.
def load():
    now = counters()
    try:
        with open(LAST) as file:
            last = json.load(file)
        passed = {key: now[key] - last[key] for key in now}
        if min(passed["seconds"], passed["all"], passed["bytes"] + 1) <= 0:
            passed = now
    except (OSError, LookupError, TypeError, ValueError):
        passed = now
    try:
        replace_file(LAST, json.dumps(now))
    except OSError:
        pass
    busy = 100.0 * (passed["all"] - passed["idle"]) / max(passed["all"], 1)
    return {"cpu": round(max(busy, 0.0), 1), "traffic": int(passed["bytes"] / max(passed["seconds"], 1.0))}


# None if LiveKit does not say: zero would make this node the first to go.
def sessions():
    try:
        status, text = call("GET", os.environ["METRICS_URL"], direct=True)
        said = [line.split()[-1] for line in text.decode().splitlines() if PARTICIPANTS.match(line)]
        return int(sum(map(float, said))) if status == 200 and said else None
    except (Trouble, LookupError, ValueError, OverflowError):
        return None


def main():
    beat = dict(load(), sessions=sessions(), template=os.environ["TEMPLATE"], vmId=instance("compute/vmId"))
    name = instance("compute/name")
    body = json.dumps(dict(beat, state=state())).encode()
    status, _, _ = store_request("PUT", name, None, body, os.environ["HEARTBEATS_URL"])
    if status != 201:
        raise Trouble("heartbeat: %d" % status)


if __name__ == "__main__":
    try:
        main()
    except (Trouble, OSError, LookupError, TypeError, ValueError) as trouble:
        sys.exit('openvidu-node step=heartbeat outcome=failed why="%s"' % trouble)
