# One master at a time: a lock with an end, kept in the cluster's own store and timed by the store's clock.
# `lock.py acquire <name> <seconds> <why>`: exit code 3 and the holder's name if another master has it. A master that
# asks again gets it again, so a crash leaves nothing behind for its own next try. `lock.py release <name>` gives it back.
# `lock.py mark initialised` notes once that the cluster has been ready; `lock.py join ...` is `acquire` since then, and
# does nothing before.
import json
import os
import sys

from store import Conflict, read, write
from web import Trouble


def me():
    return "master-" + os.environ["SLOT"]


# The lock's content and state, and for how many more seconds it is held; a lock that cannot be read is nobody's.
def look(name):
    entry = read("locks/" + name)
    if entry is None:
        return None, "", "", 0
    try:
        lock = json.loads(entry.body)
        return entry.etag, lock["holder"], lock["why"], lock["seconds"] - entry.age
    except (LookupError, TypeError, ValueError):
        return entry.etag, "", "", 0


def put(name, etag, holder, seconds, why):
    lock = {"holder": holder, "seconds": seconds, "why": why}
    write("locks/" + name, json.dumps(lock).encode(), etag)


def acquire(name, seconds, why):
    etag, holder, reason, left = look(name)
    if holder not in ("", me()) and left > 0:
        print("%s has the lock: %s" % (holder, reason))
        sys.exit(3)
    try:
        put(name, etag, me(), int(seconds), why)
    except Conflict:
        print("another master was faster")
        sys.exit(3)


# Somebody else's lock, after ours has run out, is left alone.
def release(name):
    etag, holder, _, _ = look(name)
    if holder == me():
        try:
            put(name, etag, "", 0, "")
        except Conflict:
            pass


def join(name, seconds, why):
    if read("marks/initialised"):
        acquire(name, seconds, why)


def mark(name):
    try:
        write("marks/" + name, name.encode())
    except Conflict:
        pass


if __name__ == "__main__":
    commands = {"acquire": acquire, "release": release, "join": join, "mark": mark}
    try:
        commands[sys.argv[1]](*sys.argv[2:])
    except (Trouble, LookupError, TypeError, ValueError) as trouble:
        sys.exit(str(trouble))
