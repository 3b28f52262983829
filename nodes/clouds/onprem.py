# Machines of the customer's own for the jobs: the node's bundle, which the deployer puts there over SSH, and the cluster's
# own objects: in MinIO on the masters or in the customer's S3, signed with SigV4, or as files of the only master.
import contextlib
import email.utils
import fcntl
import hashlib
import hmac
import json
import os
import time
import urllib.parse

from web import Trouble, exchange


# The bundle's text and version. A digest tells nothing: the text is full of long random credentials.
def fetch_bundle():
    try:
        with open(os.environ["ROOT"] + os.environ["BUNDLE_ID"], encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise Trouble("bundle: %s: %s" % (os.environ["BUNDLE_ID"], error.strerror)) from None
    return text, hashlib.sha256(text.encode()).hexdigest()[:16]


def bundle_version():
    return fetch_bundle()[1]


# Access key, secret key and region: of the customer's S3 if there is one, else of MinIO on the masters.
def credentials():
    with open(os.environ["BUNDLE"]) as file:
        bundle = json.load(file)
    if bundle.get("EXTERNAL_S3_ENDPOINT"):
        return [bundle["EXTERNAL_S3_" + name] for name in ("ACCESS_KEY", "SECRET_KEY", "REGION")]
    return bundle["MINIO_ACCESS_KEY"], bundle["MINIO_SECRET_KEY"], "us-east-1"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# Every header that is sent is signed. Paths hold only characters that need no escaping.
def signed(method, url, headers, body):
    place, hashed = urllib.parse.urlsplit(url), sha256(body or b"")
    access, secret, region = credentials()
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = dict(headers, **{"host": place.netloc, "x-amz-content-sha256": hashed, "x-amz-date": stamp})
    names = sorted(headers)
    canonical = "\n".join(
        [method, place.path, ""] + ["%s:%s" % (name, headers[name]) for name in names] + ["", ";".join(names), hashed]
    )
    scope = "%s/%s/s3/aws4_request" % (stamp[:8], region)
    text = "AWS4-HMAC-SHA256\n%s\n%s\n%s" % (stamp, scope, sha256(canonical.encode()))
    key = ("AWS4" + secret).encode()
    for part in scope.split("/") + [text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        access,
        scope,
        ";".join(names),
        key.hex(),
    )
    return exchange(method, url, headers, body, direct=True)


# MinIO runs on every master: whichever answers will do. The own one comes first.
def addresses():
    url = os.environ["COORDINATION_URL"]
    place = urllib.parse.urlsplit(url)
    if place.hostname != "masters":
        return [url]
    own = os.environ["PRIVATE_ADDRESS"]
    others = [address for address in os.environ["MASTER_IPS"].split(",") if address != own]
    return [url.replace("//masters", "//" + address, 1) for address in [own] + others]


# Whether nothing listens there, which a machine says itself; a machine that is silent may be serving others.
def is_refused(trouble):
    return isinstance(getattr(trouble.__context__, "reason", None), ConnectionRefusedError)


# An only master keeps the objects as files outside OpenVidu's directory: nobody else asks for them, and they are there while
# OpenVidu is stopped. The same conditions and answers as those of an object store.
def file_request(method, name, headers, data):
    root = os.environ["ROOT"] + urllib.parse.urlsplit(os.environ["COORDINATION_URL"]).path
    path = root + name
    try:
        os.makedirs(root, mode=0o700, exist_ok=True)
        with open(root + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            old = contents(path)
            if method == "GET":
                return (404, {}, b"") if old is None else (200, facts_of(path, old), old)
            if headers.get("if-none-match") == "*" and old is not None:
                return 412, {}, b""
            if "if-match" in headers and (old is None or headers["if-match"] != etag_of(old)):
                return 412, {}, b""
            if method == "DELETE":
                return discard(path)
            put(path, data)
            return 200, {"ETag": etag_of(data)}, b""
    except OSError as error:
        raise Trouble("store %s: %s" % (name, error.strerror)) from None


def contents(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def etag_of(data):
    return '"%s"' % sha256(data)[:32]


def facts_of(path, data):
    dates = {"Date": time.time(), "Last-Modified": os.path.getmtime(path)}
    return dict({key: email.utils.formatdate(at, usegmt=True) for key, at in dates.items()}, ETag=etag_of(data))


# One name for what is being written in a folder, where the lock lets one write at a time: what a killed program has left
# is found again.
def unfinished(path):
    return os.path.join(os.path.dirname(path), ".unfinished")


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = unfinished(path)
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        remove_file(temporary)
        raise


def remove_file(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


# With a folder that holds nothing any more.
def discard(path):
    remove_file(path)
    remove_file(unfinished(path))
    with contextlib.suppress(OSError):
        os.rmdir(os.path.dirname(path))
    return 204, {}, b""


# One object of the cluster's own; header names in lower case. Returns status, headers and body, whatever the status.
# Where no master has a store that works there is no cluster, and so no object to be found: the masters of a new cluster
# start at the same time, and none may wait for a store that only all of them together make. Nothing can be written then.
def store_request(method, name, headers=None, body=None):
    headers, urls, reasons = dict(headers or {}), addresses(), []
    data = body.read() if hasattr(body, "read") else body
    if urls[0].startswith("file:"):
        return file_request(method, name, headers, data)
    if method == "PUT":
        headers["content-type"] = "application/octet-stream"
    for url in urls:
        try:
            answer = signed(method, url + name, headers, data)
            if answer[0] == 404 and method == "PUT" and b"NoSuchBucket" in answer[2]:
                make_bucket(url)
                answer = signed(method, url + name, headers, data)
        except Trouble as trouble:
            reasons.append((trouble, is_refused(trouble)))
            continue
        if answer[0] != 503 or len(urls) == 1:
            return answer
        reasons.append((Trouble("store %s: 503" % name), True))
    if method == "GET" and len(urls) > 1 and all(none for _, none in reasons):
        return 404, {}, b""
    raise reasons[-1][0]


# MinIO on the masters begins without buckets of ours. Another master may be faster.
def make_bucket(url):
    place = urllib.parse.urlsplit(url)
    bucket = place.path.strip("/").split("/")[0]
    status, _, _ = signed("PUT", "%s://%s/%s" % (place.scheme, place.netloc, bucket), {}, b"")
    if status not in (200, 409):
        raise Trouble("store: bucket %s: %d" % (bucket, status))
