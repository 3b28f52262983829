# Azure for the jobs: instance metadata, the node's bundle from Key Vault by managed identity, and its own scheduled
# events (reference/cloud-facts-azure.md 5.8 and 12).
import functools
import json
import os
import sys
import urllib.parse

from web import Trouble, call, exchange, skew_of

IMDS = os.environ.get("OPENVIDU_NODE_IMDS", "http://169.254.169.254")
EVENTS = "scheduledevents?api-version=2020-07-01"


def metadata(path, body=None):
    method = "GET" if body is None else "POST"
    status, text = call(method, IMDS + "/metadata/" + path, {"Metadata": "true"}, body, True)
    if status != 200:
        raise Trouble("metadata %s: %d" % (path.split("?")[0], status))
    return text.decode().strip()


def instance(path):
    return metadata("instance/%s?api-version=2021-02-01&format=text" % path)


# Programs end long before a token does.
@functools.lru_cache()
def token(audience):
    query = {"api-version": "2018-02-01", "resource": audience, "client_id": os.environ["IDENTITY_CLIENT_ID"]}
    answer = metadata("identity/oauth2/token?" + urllib.parse.urlencode(query))
    return {"Authorization": "Bearer " + json.loads(answer)["access_token"]}


# The bundle's text and version. The audience of a vault is its host without the vault's own name, in every Azure cloud.
def fetch_bundle():
    address = urllib.parse.urlsplit(os.environ["BUNDLE_ID"])
    base = os.environ.get("OPENVIDU_NODE_ENDPOINT", "https://" + address.netloc)
    headers = token("https://" + address.netloc.split(".", 1)[-1])
    status, text = call("GET", base + address.path + "?api-version=7.4", headers)
    if status != 200:
        raise Trouble("secret store: %d%s" % (status, skew_of(text)))
    answer = json.loads(text)
    return answer["value"], answer["id"].rsplit("/", 1)[1]


# Listing versions would take a right to list secrets; the identity may read this one.
def bundle_version():
    return fetch_bundle()[1]


# One blob of the cluster's own, or of another container; header names in lower case. Returns status, headers and body,
# whatever the status (reference/cloud-facts-azure.md 7.9).
def store_request(method, name, headers=None, body=None, container=None):
    headers = dict(headers or {}, **token("https://storage.azure.com/"))
    headers["x-ms-version"] = "2021-12-02"
    if method == "PUT" and "comp=" not in name:
        headers["x-ms-blob-type"] = "BlockBlob"
    return exchange(method, (container or os.environ["COORDINATION_URL"]) + name, headers, body)


# Events of the whole scale set reach every machine; only the end of this one counts.
def own_termination():
    name = instance("compute/name")
    for event in json.loads(metadata(EVENTS)).get("Events", []):
        if event.get("EventType") == "Terminate" and name in event.get("Resources", []):
            return event["EventId"]
    return ""


# The controller's requests to drain are part of its state.
def own_request():
    status, _, body = store_request("GET", "controller", container=os.environ["REQUESTS_URL"])
    return status == 200 and instance("compute/name") in json.loads(body)["drains"]


# One source that does not answer takes nothing away from the other.
def drain_requested():
    for look in (own_termination, own_request):
        try:
            if look():
                return True
        except (Trouble, LookupError, TypeError, ValueError, AttributeError):
            pass
    return False


def main(command, *arguments):
    if command == "instance":
        print(instance(arguments[0]))
    elif command == "drain-requested":
        print("yes" if drain_requested() else "")
    elif command == "own-termination":
        print(own_termination())
    elif command == "approve":
        metadata(EVENTS, json.dumps({"StartRequests": [{"EventId": arguments[0]}]}).encode())
    else:
        sys.exit("unknown command " + command)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Trouble, LookupError, TypeError, ValueError) as trouble:
        sys.exit(str(trouble))
