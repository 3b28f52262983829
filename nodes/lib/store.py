# The cluster's own small objects in its object store: locks, marks, backups, programs. A write names the state that it
# starts from, so two writers never overwrite each other. On the command line it unpacks
# programs: `store.py <name> <sha256> <seconds>`.
import collections
import email.utils
import gzip
import hashlib
import json
import os
import sys
import time

from bundle import replace_file
from cloud import store_request
from web import Trouble

# Age in seconds, by the store's own clock alone.
Entry = collections.namedtuple("Entry", "body etag age")
ANY = "*"


class Conflict(Trouble):
    pass


def check(status, name, *accepted):
    if status in (409, 412):
        raise Conflict("store %s: changed meanwhile" % name)
    if status not in accepted:
        raise Trouble("store %s: %d" % (name, status))


# The store's own time, and when the object changed.
def times(headers):
    return [email.utils.parsedate_to_datetime(headers[key]).timestamp() for key in ("Date", "Last-Modified")]


# The object's Entry, or None if there is none.
def read(name):
    status, headers, body = store_request("GET", name)
    if status == 404:
        return None
    check(status, name, 200)
    now, then = times(headers)
    return Entry(body, headers["ETag"], now - then)


# `match` is the etag of the state that this write replaces, None if there must be nothing yet, or ANY. Returns the new
# etag; raises Conflict if somebody else was faster.
def write(name, body, match=None):
    condition = {} if match == ANY else {"if-match": match} if match else {"if-none-match": "*"}
    status, headers, _ = store_request("PUT", name, condition, body)
    # Replacing what has been removed meanwhile: 404.
    check(409 if status == 404 and match else status, name, 200, 201)
    if not headers.get("ETag"):
        raise Trouble("store %s: no etag" % name)
    return headers["ETag"]


def remove(name):
    check(store_request("DELETE", name)[0], name, 200, 202, 204, 404)


# Programs that user data has no room for: one object whose digest user data names. Prints the units to switch on.
def unpack(name, digest):
    entry = read(name)
    if entry is None:
        raise Trouble("store %s: missing" % name)
    if hashlib.sha256(entry.body).hexdigest() != digest:
        raise Trouble("store %s: not the known programs" % name)
    packed = json.loads(gzip.decompress(entry.body))
    for file in packed["files"]:
        path = os.environ["ROOT"] + file["path"]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        replace_file(path, file["content"], mode=int(file["mode"], 8))
    return packed["units"]


def main(name, digest, seconds):
    deadline, pause = time.monotonic() + float(seconds), float(os.environ.get("OPENVIDU_NODE_PAUSE", 5))
    while True:
        try:
            print("\n".join(unpack(name, digest)))
            return
        except (Trouble, LookupError, TypeError, ValueError, AttributeError) as trouble:
            reason = trouble if isinstance(trouble, Trouble) else "unexpected answer (%s)" % type(trouble).__name__
        if time.monotonic() + pause > deadline:
            sys.exit("store %s: %s" % (name, reason))
        time.sleep(pause)


if __name__ == "__main__":
    main(*sys.argv[1:])
