# The node's bundle of credentials and settings: `bundle.py <seconds>` fetches it with the node's own identity, checks
# that it is whole, and only then puts it in the place of the last good one. A store that is unreachable, refuses, or
# answers with less than everything is asked again until the time is over. `bundle.py <seconds> changed` asks for the
# version first, and fetches only if it is another than that of the last good bundle.
import json
import os
import sys
import tempfile
import time

from web import Trouble


def tables():
    with open(os.environ["ROOT"] + "/etc/openvidu-node/tables.json") as file:
        return json.load(file)


def load():
    with open(os.environ["BUNDLE"]) as file:
        return json.load(file)


# Reasons name keys, never values.
def parse(text, wanted):
    try:
        bundle = json.loads(text)
    except (TypeError, ValueError):
        raise Trouble("bundle: not JSON") from None
    if not isinstance(bundle, dict):
        raise Trouble("bundle: not an object")
    for key, value in bundle.items():
        if not isinstance(value, str) or any(ord(char) < 32 or ord(char) == 127 for char in value):
            raise Trouble("bundle: %s is not a line of text" % key)
    missing = [key for key in wanted["required"] if key not in bundle]
    missing += [key for key in wanted["required"] if bundle.get(key) == "" and key not in wanted["mayBeEmpty"]]
    if missing:
        raise Trouble("bundle: missing or empty: " + ", ".join(missing))
    return bundle


def replace_file(path, text, like=None, mode=0o600):
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            os.fchmod(handle, mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if like:
            os.chown(temporary, like.st_uid, like.st_gid)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def kept_version():
    try:
        with open(os.environ["BUNDLE"] + ".version") as file:
            return file.read().strip()
    except OSError:
        return ""


# The version comes last: whoever is stopped in between fetches again.
def update(only_changed):
    from cloud import bundle_version, fetch_bundle

    if only_changed and bundle_version() == kept_version():
        return
    text, version = fetch_bundle()
    bundle, line = json.dumps(parse(text, tables())), version + "\n"
    replace_file(os.environ["BUNDLE"], bundle)
    replace_file(os.environ["BUNDLE"] + ".version", line)


def fetch(seconds, only_changed):
    deadline, pause = time.monotonic() + seconds, float(os.environ.get("OPENVIDU_NODE_PAUSE", 1))
    while True:
        try:
            return update(only_changed)
        except (Trouble, LookupError, TypeError, ValueError, AttributeError) as trouble:
            reason = trouble if isinstance(trouble, Trouble) else "unexpected answer (%s)" % type(trouble).__name__
        if time.monotonic() + pause > deadline:
            sys.exit(str(reason))
        print("openvidu-node step=fetch-bundle outcome=retry why=\"%s\"" % reason, flush=True)
        time.sleep(pause)
        pause = min(pause * 2, 20.0)


if __name__ == "__main__":
    fetch(float(sys.argv[1]), sys.argv[2:] == ["changed"])
