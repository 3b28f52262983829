# An upgrade of the whole cluster as it stands in the store: one request that every master follows, and for each step and
# master the phase that this master has finished. No master begins a phase before all have finished the one before, and
# nothing goes on while one of them has failed. jobs/upgrade.sh does what `next` says and reports it here.
import glob
import json
import os
import sys
import time

from bundle import load
from installer import run
from store import Conflict, read, remove, write
from web import Trouble

PHASES = ["ready", "backed-up", "stopped", "updated", "started", "healthy", "done"]
REQUEST = "upgrade/request"
# How long a master that has finished a phase waits for the others; longer than any phase may take.
PATIENCE = float(os.environ.get("OPENVIDU_NODE_PATIENCE", 3 * 3600))
# Redis and Sentinel, and how addresses begin that no other machine has.
REDIS, OWN = (7000, 7001), ("127.", "0.")
SLOT = os.environ["SLOT"]
SLOTS = [str(number + 1) for number in range(len(os.environ["MASTER_IPS"].split(",")))]


# The steps that came with these programs, and those that the bundle knows: they reach a running machine later.
def table():
    with open(os.environ["HOPS"]) as file:
        known = json.load(file)
    return json.loads(load().get("UPGRADE_HOPS") or "null") or known


def path_of(start, end):
    chain, hops = table()["chain"], {hop["from"]: hop for hop in table()["hops"]}
    if start == end:
        raise Trouble("%s is what is installed and what the cluster's settings ask for" % end)
    for version in (start, end):
        if version not in chain:
            raise Trouble("no upgrade is known that begins or ends at %s" % version)
    if chain.index(end) < chain.index(start):
        raise Trouble("%s is older than %s; only a backup of that time leads back: openvidu-restore" % (end, start))
    way = chain[chain.index(start) : chain.index(end) + 1]
    if any(version not in hops for version in way[:-1]):
        text = "%s is too old for this program; go by hand through %s, and start the whole cluster at 3.5.0 on the way"
        raise Trouble(text % (start, ", ".join(way)))
    return [hops[version] for version in way[:-1]]


def request():
    entry = read(REQUEST)
    return (json.loads(entry.body), entry.etag) if entry else (None, None)


def running():
    asked, etag = request()
    if asked is None or asked["state"] != "running":
        raise Trouble("no upgrade is under way")
    return asked, etag


def name_of(asked, hop, slot):
    return "upgrade/%s/%s-master-%s" % (asked["id"], asked["hops"][hop]["to"], slot)


# One master's phase in one step, with the seconds since it was reported.
def phase_of(asked, hop, slot):
    entry = read(name_of(asked, hop, slot))
    if entry is None:
        return {"phase": "", "failed": "", "age": 0, "etag": None}
    return dict(json.loads(entry.body), age=entry.age, etag=entry.etag)


def level(state):
    return PHASES.index(state["phase"]) + 1 if state["phase"] in PHASES else 0


# The first step that not all masters have done, with the state of each; None at the end of the upgrade.
def current(asked):
    for hop in range(len(asked["hops"])):
        states = {slot: phase_of(asked, hop, slot) for slot in SLOTS}
        if any(state["phase"] != "done" for state in states.values()):
            return hop, states
    return None, {}


def put(asked, hop, slot, state, phase, failed=""):
    body = json.dumps({"phase": phase, "failed": failed}).encode()
    write(name_of(asked, hop, slot), body, state["etag"])


def close(asked, etag, state):
    write(REQUEST, json.dumps(dict(asked, state=state)).encode(), etag)


def failures(states):
    return ["master %s: %s" % (slot, state["failed"]) for slot, state in states.items() if state["failed"]]


# One line for the shell: idle, undo, hold or wait with the reason, or do with everything that the phase needs.
def next_line():
    asked, etag = request()
    if asked is None or asked["state"] == "done":
        return "idle"
    if asked["state"] == "aborted":
        return "undo"
    hop, states = current(asked)
    if hop is None:
        try:
            close(asked, etag, "done")
        except Conflict:
            pass
        return "idle"
    if failures(states):
        return "hold " + "; ".join(failures(states))
    mine = level(states[SLOT])
    behind = [slot for slot in SLOTS if level(states[slot]) < mine]
    if behind and states[SLOT]["age"] > PATIENCE:
        reason = "waited too long for master %s" % ", ".join(behind)
        put(asked, hop, SLOT, states[SLOT], states[SLOT]["phase"], reason)
        return "hold " + reason
    if behind:
        return "wait for master " + ", ".join(behind)
    # What is run comes from this machine's own table, not from the store.
    step = next((known for known in table()["hops"] if same_step(known, asked["hops"][hop])), None)
    if step is None:
        put(asked, hop, SLOT, states[SLOT], states[SLOT]["phase"], "this master does not know this step")
        return "hold this master does not know this step"
    facts = [asked["id"], step["from"], step["to"], step["url"], step["sha256"], step["docker"], step["dockerCompose"]]
    return " ".join(["do", PHASES[mine]] + facts + [asked["media"]])


def same_step(one, other):
    return (one["from"], one["to"]) == (other["from"], other["to"])


# A report counts for the phase that it was made for: after a retry or an end of the upgrade it comes too late.
def report(upgrade, to, phase, failed=""):
    asked, _ = request()
    hop = [step["to"] for step in asked["hops"]].index(to)
    state = phase_of(asked, hop, SLOT)
    if asked["id"] == upgrade and asked["state"] == "running" and level(state) == PHASES.index(phase):
        put(asked, hop, SLOT, state, state["phase"] if failed else phase, failed and "%s: %s" % (phase, failed))


def begin(installed, media):
    # MinIO on the masters stops with OpenVidu, and the masters could not tell one another how far they are.
    if "//masters:" in os.environ["COORDINATION_URL"]:
        raise Trouble("this cluster keeps its own objects in MinIO, which stops with OpenVidu: upgrade by hand (docs/on-premises.md)")
    asked, etag = request()
    if asked and asked["state"] == "running":
        raise Trouble("an upgrade from %s to %s is under way" % (asked["from"], asked["to"]))
    target = load()["OPENVIDU_VERSION"]
    new = {"id": time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime()), "from": installed, "to": target}
    hops = [{"from": hop["from"], "to": hop["to"]} for hop in path_of(installed, target)]
    new.update(hops=hops, media=media, state="running")
    write(REQUEST, json.dumps(new, indent=1).encode(), etag)
    for hop in range(len(asked["hops"]) if asked else 0):
        for slot in SLOTS:
            remove(name_of(asked, hop, slot))
    print("the upgrade from %s to %s has begun; openvidu-upgrade status shows it" % (installed, target))


def plan(installed):
    for hop in path_of(installed, load()["OPENVIDU_VERSION"]):
        facts = (hop["from"], hop["to"], hop["docker"], hop["dockerCompose"])
        print("%s to %s, with Docker %s and Compose %s or later" % facts)


def status():
    asked, _ = request()
    if asked is None:
        print("no upgrade has been asked for")
        return
    print("from %s to %s: %s" % (asked["from"], asked["to"], asked["state"]))
    hop, states = current(asked)
    if hop is None or asked["state"] == "done":
        return
    print("step %d of %d, from %s to %s" % (hop + 1, len(asked["hops"]), *(asked["hops"][hop][key] for key in ("from", "to"))))
    for slot, state in states.items():
        text = "master %s: %s" % (slot, state["phase"] or "at the beginning")
        print(text + ("; failed at " + state["failed"] if state["failed"] else ""))
    if failures(states) and asked["state"] == "running":
        print("nothing goes on until: openvidu-upgrade retry, or openvidu-upgrade abort")


def retry():
    asked, _ = running()
    hop, states = current(asked)
    failed = {slot: state for slot, state in states.items() if state["failed"]}
    if not failed:
        raise Trouble("nothing has failed")
    for slot, state in failed.items():
        put(asked, hop, slot, state, state["phase"])
    print("master %s will try again" % ", ".join(failed))


# Up to the vendor's script the old files and data are all there; after it only a backup leads back.
def abort():
    asked, etag = running()
    hop, states = current(asked)
    updated = [slot for slot, state in states.items() if level(state) > PHASES.index("updated")]
    if updated:
        text = "updated by now to %s: master %s; restore these first: openvidu-restore <backup of %s> --change-version"
        raise Trouble(text % (asked["hops"][hop]["to"], ", ".join(updated), asked["hops"][hop]["from"]))
    close(asked, etag, "aborted")
    print("aborted; every master starts OpenVidu with %s again" % asked["hops"][hop or 0]["from"])


# Whether a person may change OpenVidu's files: no upgrade runs, or it has come to a stop.
def at_rest():
    asked, _ = request()
    if asked and asked["state"] == "running" and not failures(current(asked)[1]):
        raise Trouble("an upgrade is under way; see openvidu-upgrade status")


# This master's files are those of a backup: it has to begin this step again.
def restored():
    asked, _ = request()
    if asked and asked["state"] == "running":
        hop, states = current(asked)
        if hop is not None:
            put(asked, hop, SLOT, states[SLOT], "restored", states[SLOT]["failed"])


# Addresses of other machines than masters that hold a connection to Redis or Sentinel, as the service itself sees it.
def media(process):
    masters, found = set(os.environ["MASTER_IPS"].split(",")), set()
    tables = [path for path in glob.glob("%s/proc/%s/net/tcp*" % (os.environ["ROOT"], process))]
    if not tables:
        raise Trouble("connections to Redis cannot be seen")
    for path in tables:
        with open(path) as file:
            rows = [line.split() for line in file][1:]
        for local, remote in [(row[1], row[2]) for row in rows if row[3] == "01"]:
            address = address_of(remote.split(":")[0])
            if int(local.split(":")[1], 16) in REDIS and address not in masters and not address.startswith(OWN):
                found.add(address)
    if found:
        raise Trouble("media nodes are connected: " + ", ".join(sorted(found)))


# The kernel prints words in its own byte order; an IPv4 address is in the last word of either kind.
def address_of(text):
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(text[-8:])))


# The vendor's script takes releases, images and addresses from variables: none but these few reach it.
def script(path):
    keep = [key for key in os.environ if key.lower().endswith("_proxy") or key.startswith("OPENVIDU_NODE_")]
    environment = {key: os.environ[key] for key in keep + ["PATH", "HOME"]}
    environment["INSTALL_PREFIX"] = os.environ["PREFIX"]
    sys.exit(run(["sh", path, "--no-tty"], load(), environment))


COMMANDS = {"begin": begin, "plan": plan, "status": status, "retry": retry, "abort": abort, "report": report}
COMMANDS.update({"next": lambda: print(next_line()), "at-rest": at_rest, "restored": restored, "media": media})
COMMANDS["script"] = script

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except (Trouble, OSError, LookupError, TypeError, ValueError, AttributeError) as trouble:
        sys.exit(str(trouble) if isinstance(trouble, Trouble) else "unexpected content (%s)" % type(trouble).__name__)
