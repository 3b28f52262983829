# Backups of what lives on the masters, in the cluster's own store. Each run of one master is a backup of its own, named by
# its time and its master: `backups/<name>/` holds the master's installation without OpenVidu's data, on one master of
# the cluster also a dump of MongoDB, each cut into parts; the manifest comes last, so that what has no manifest is no
# backup. `backups/index.json` lists them, because the store is not asked for lists.
# Redis needs no backup: rooms, nodes and jobs in it end with the processes that they belong to, and its password is a
# setting. What MinIO keeps is spread over the disks of all masters and cannot be copied file by file: snapshots of the data
# disks protect it (reference/onprem-v2-reference.md A.11.3, C.1, C.2).
import contextlib
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time

from bundle import load
from store import ANY, Conflict, read, remove, write
from web import Trouble

INDEX = "backups/index.json"
# So many backups of each master stay.
KEEP = 14
PART = int(os.environ.get("OPENVIDU_NODE_PART", 64 << 20))
SLOT = os.environ["SLOT"]
DUMP_SECONDS, RESTORE_SECONDS = 3600, 7200
# How timeout ends: also by its own signal, where the program did not end when it was told to.
TIMED_OUT = (124, -9)
# The password comes on standard input, ahead of the archive, and goes on through a pipe: no argument list, environment or
# file ever holds it. The name `admin` is of the database with the accounts, which a restore leaves as they are.
DUMP = 'IFS= read -r config; exec mongodump --host="$1" --port=20000 --username="$2" --authenticationDatabase=admin'
DUMP += ' --config=/dev/fd/3 --oplog --gzip --archive 3<<EOF\n$config\nEOF\n'
RESTORE = DUMP.replace("mongodump", "mongorestore").replace("--oplog", "--drop --nsExclude='admin.*'")


def steadily(action, *arguments):
    for pause in (1, 2, 4, 8, None):
        try:
            return action(*arguments)
        except Conflict:
            raise
        except Trouble:
            if pause is None:
                raise
            time.sleep(float(os.environ.get("OPENVIDU_NODE_PAUSE", pause)))


def entries():
    entry = steadily(read, INDEX)
    return json.loads(entry.body) if entry else []


def change_index(change):
    for _ in range(20):
        entry = steadily(read, INDEX)
        index = change(json.loads(entry.body) if entry else [])
        try:
            return steadily(write, INDEX, json.dumps(index, indent=1).encode(), entry and entry.etag)
        except Conflict:
            time.sleep(float(os.environ.get("OPENVIDU_NODE_PAUSE", 1)))
    raise Trouble("store %s: changed meanwhile, again and again" % INDEX)


def replace_entry(new):
    change_index(lambda index: [entry for entry in index if entry["id"] != new["id"]] + [new])


def place(backup, name):
    return "backups/%s/%s" % (backup, name)


def manifest_of(backup):
    entry = steadily(read, place(backup, "manifest.json"))
    return json.loads(entry.body) if entry else None


# Reads a program's output and stores it part by part, so that neither memory nor disk has to hold it.
def upload(backup, name, command, first_line=None):
    parts = []
    with tempfile.TemporaryFile() as errors:
        run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        feed(run, [(first_line or "").encode()])
        try:
            for body in iter(lambda: run.stdout.read(PART), b""):
                steadily(write, place(backup, "%s.%d" % (name, len(parts))), body, ANY)
                parts.append({"size": len(body), "sha256": hashlib.sha256(body).hexdigest()})
        finally:
            run.stdout.close()
        if run.wait() != 0:
            raise Trouble("%s: %s" % (name, last_line(errors, run.returncode)))
    if not parts:
        raise Trouble(name + ": empty")
    return {"size": sum(part["size"] for part in parts), "parts": parts}


# A program that ends before it has read everything says why by itself.
def feed(run, bodies):
    try:
        with run.stdin:
            for body in bodies:
                run.stdin.write(body)
    except BrokenPipeError:
        pass


def last_line(errors, code):
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().split("\n")
    how = "took too long" if code in TIMED_OUT else "ended with %d" % code
    return clean(lines[-1])[:200] or how


def clean(text):
    return text.replace(load()["MONGO_ADMIN_PASSWORD"], "***")


def in_mongo(script, host, seconds):
    command = ["timeout", "--kill-after=30", str(seconds), "docker", "exec", "-i", "mongo", "sh", "-c", script, "sh"]
    return command + [host, load()["MONGO_ADMIN_USERNAME"]]


def password_line():
    return "password: %s\n" % json.dumps(load()["MONGO_ADMIN_PASSWORD"])


def masters():
    addresses = os.environ["MASTER_IPS"].split(",")
    own = int(SLOT) - 1
    return addresses[own:] + addresses[:own]


def lock(*arguments):
    run = subprocess.run([sys.executable, os.environ["LOCK"], *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 3):
        raise Trouble("lock: " + run.stderr.decode(errors="replace").strip())
    return run.returncode == 0


def has_dump(label):
    return any(entry["label"] == label and entry["complete"] and "database" in entry["holds"] for entry in entries())


# Whether this master makes the dump. Daily ones leave it to whoever is at it; others want to know that it exists. A
# MongoDB that the customer runs himself is his to back up.
def take_turn(label, patient):
    if load().get("EXTERNAL_MONGO_URI"):
        return False
    deadline = time.monotonic() + float(os.environ.get("OPENVIDU_NODE_WAIT", DUMP_SECONDS + 600))
    while not has_dump(label):
        if lock("acquire", "backup", str(DUMP_SECONDS + 600), "dump of the database"):
            if not has_dump(label):
                return True
            lock("release", "backup")
        elif not patient:
            return False
        elif time.monotonic() > deadline:
            raise Trouble("another master holds the lock for the dump and does not end")
        else:
            time.sleep(float(os.environ.get("OPENVIDU_NODE_PAUSE", 15)))
    return False


def name_of_now():
    return "%s-master-%s" % (time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime()), SLOT)


# Ends what runs of this master that were cut short have left, and returns what it had before.
def settle_all():
    mine = [entry for entry in entries() if entry["slot"] == SLOT]
    for entry in mine:
        if not entry["complete"]:
            settle(entry)
    return mine


# Prints the bytes of this master's largest backup.
def tidy():
    settle_all()
    print(max([entry["size"] for entry in entries() if entry["slot"] == SLOT and entry["complete"]], default=0))


def create(label, patience, version, *tar):
    mine = settle_all()
    if any(entry["label"] == label for entry in mine if entry["complete"]):
        print("done before")
        return
    # A name is taken once: two of the same second would mix their parts.
    while any(entry["id"] == name_of_now() for entry in mine):
        time.sleep(0.2)
    backup = name_of_now()
    entry = {"id": backup, "slot": SLOT, "label": label, "version": version, "complete": False, "holds": []}
    replace_entry(entry)
    try:
        files = fill(entry, patience == "patient", list(tar))
    except Exception:
        # The next run would do it as well, but the disk may be full of it until then. What is wrong stays the first reason.
        with contextlib.suppress(Exception):
            settle(entry)
        raise
    prune()
    print("%s holds %s" % (backup, " and ".join(sorted(files))))


# Stores everything, and enters the backup as complete.
def fill(entry, patient, tar):
    backup = entry["id"]
    files = {"installation": upload(backup, "installation.tar.gz", tar)}
    turn = take_turn(entry["label"], patient)
    try:
        if turn:
            files["database"] = upload(
                backup, "database.gz", in_mongo(DUMP, masters()[0], DUMP_SECONDS), password_line()
            )
        manifest = dict(entry, complete=True, holds=sorted(files), cluster=os.environ["CLUSTER"], files=files)
        steadily(write, place(backup, "manifest.json"), json.dumps(manifest, indent=1).encode(), ANY)
        replace_entry(listed(manifest))
    finally:
        if turn:
            lock("release", "backup")
    return files


def listed(manifest):
    size = sum(file["size"] for file in manifest["files"].values())
    return dict({key: manifest[key] for key in ("id", "slot", "label", "version", "complete", "holds")}, size=size)


# What a run that was cut short has left: it counts if only the last line in the index is missing, else it goes.
def settle(entry):
    manifest = manifest_of(entry["id"])
    if manifest:
        replace_entry(listed(manifest))
    else:
        discard(entry["id"], {})


def prune():
    mine = sorted(entry["id"] for entry in entries() if entry["slot"] == SLOT and entry["complete"])
    for backup in mine[:-KEEP]:
        discard(backup, (manifest_of(backup) or {}).get("files", {}))


# The manifest goes first, so that what is left of it is at no time taken for a backup.
def discard(backup, files):
    steadily(remove, place(backup, "manifest.json"))
    for kind, name in NAMES.items():
        number = 0
        while number < len(files[kind]["parts"]) if kind in files else steadily(read, place(backup, name(number))):
            steadily(remove, place(backup, name(number)))
            number += 1
    change_index(lambda index: [entry for entry in index if entry["id"] != backup])


NAMES = {"installation": "installation.tar.gz.%d".__mod__, "database": "database.gz.%d".__mod__}


def show():
    for entry in sorted((entry for entry in entries() if entry["complete"]), key=lambda entry: entry["id"]):
        text = "%s  OpenVidu %s  %8.1f MiB  %s  (%s)"
        print(text % (entry["id"], entry["version"], entry["size"] / 2**20, " + ".join(entry["holds"]), entry["label"]))


def check_name(backup):
    if not re.fullmatch(r"[0-9TZ-]+-master-\d+", backup):
        raise Trouble("%s is no name of a backup" % backup[:60])


# Facts for the shell, one a line.
def describe(backup):
    check_name(backup)
    manifest = manifest_of(backup)
    if manifest is None:
        raise Trouble("there is no backup " + backup)
    print("%s\n%s\n%s" % (manifest["slot"], manifest["version"], " ".join(sorted(manifest["files"]))))
    print(sum(file["size"] for file in manifest["files"].values()))


# Nothing counts as fetched before every part has the digest that the manifest names.
def fetch(backup, kind, path):
    with open(path, "wb") as target:
        for number, part in enumerate(manifest_of(backup)["files"][kind]["parts"]):
            entry = steadily(read, place(backup, NAMES[kind](number)))
            if entry is None or hashlib.sha256(entry.body).hexdigest() != part["sha256"]:
                raise Trouble("backup %s is damaged: part %d of %s" % (backup, number, kind))
            target.write(entry.body)


# Only the primary takes writes, and any master can be it: each is asked in turn, until one takes the dump.
def restore_database(path):
    deadline = time.monotonic() + float(os.environ.get("OPENVIDU_NODE_WAIT", 900))
    while True:
        for host in masters():
            reason = try_restore(path, host)
            if not reason:
                print("the database has been restored through " + host)
                return
        if time.monotonic() > deadline:
            raise Trouble("no master took the database: " + reason)
        time.sleep(float(os.environ.get("OPENVIDU_NODE_PAUSE", 10)))


def try_restore(path, host):
    with tempfile.TemporaryFile() as errors, open(path, "rb") as dump:
        command = in_mongo(RESTORE, host, RESTORE_SECONDS)
        run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors)
        feed(run, itertools.chain([password_line().encode()], iter(lambda: dump.read(1 << 20), b"")))
        code = run.wait()
        # All of them are asked through the same Docker.
        if code in TIMED_OUT:
            raise Trouble("the database was not restored: " + last_line(errors, code))
        return last_line(errors, code) if code != 0 else None


if __name__ == "__main__":
    try:
        commands = {"create": create, "tidy": tidy, "list": show, "describe": describe, "fetch": fetch}
        dict(commands, **{"restore-database": restore_database})[sys.argv[1]](*sys.argv[2:])
    except (Trouble, OSError, LookupError, TypeError, ValueError, AttributeError) as trouble:
        reason = trouble if isinstance(trouble, Trouble) else "unexpected content (%s)" % type(trouble).__name__
        sys.exit("backup: %s" % reason)
