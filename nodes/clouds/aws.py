# AWS for the jobs: instance metadata (IMDSv2), the node's bundle and its lifecycle actions, signed with SigV4.
# curl of Ubuntu 22.04 leaves the session token out of the signature (reference/cloud-facts-aws.md 6), so python signs.
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.parse

from web import Trouble, call, exchange, skew_of

IMDS = os.environ.get("OPENVIDU_NODE_IMDS", "http://169.254.169.254")


def metadata(path):
    status, token = call("PUT", IMDS + "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, b"", True)
    if status != 200:
        raise Trouble("metadata token: %d" % status)
    headers = {"X-aws-ec2-metadata-token": token.decode()}
    status, text = call("GET", IMDS + "/latest/meta-data/" + path, headers, direct=True)
    if status != 200:
        raise Trouble("metadata %s: %d" % (path, status))
    return text.decode().strip()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# Every header that is sent is signed, the session token among them. Paths hold only characters that need no escaping.
def authorization(credentials, service, method, path, headers, hashed):
    stamp = headers["x-amz-date"]
    names = sorted(headers)
    canonical = "\n".join(
        [method, path, ""] + ["%s:%s" % (name, headers[name]) for name in names] + ["", ";".join(names), hashed]
    )
    scope = "%s/%s/%s/aws4_request" % (stamp[:8], os.environ["REGION"], service)
    text = "AWS4-HMAC-SHA256\n%s\n%s\n%s" % (stamp, scope, sha256(canonical.encode()))
    key = ("AWS4" + credentials["SecretAccessKey"]).encode()
    for part in scope.split("/") + [text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        credentials["AccessKeyId"],
        scope,
        ";".join(names),
        key.hex(),
    )


def signed(service, method, url, headers, body):
    role = metadata("iam/security-credentials/").split("\n")[0]
    credentials = json.loads(metadata("iam/security-credentials/" + role))
    place, hashed = urllib.parse.urlsplit(url), sha256(body or b"")
    headers = dict(
        headers,
        **{
            "host": place.netloc,
            "x-amz-content-sha256": hashed,
            "x-amz-date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
            "x-amz-security-token": credentials["Token"],
        }
    )
    headers["authorization"] = authorization(credentials, service, method, place.path, headers, hashed)
    return exchange(method, url, headers, body)


def post(service, content, body, target=None):
    url = "https://%s.%s.%s/" % (service, os.environ["REGION"], os.environ["DNS_SUFFIX"])
    headers = {"content-type": content}
    if target:
        headers["x-amz-target"] = target
    status, _, text = signed(service, "POST", os.environ.get("OPENVIDU_NODE_ENDPOINT", url), headers, body)
    return status, text


# One object of the cluster's own; header names in lower case. Returns status, headers and body, whatever the status.
def store_request(method, name, headers=None, body=None):
    headers = dict(headers or {})
    if method == "PUT":
        headers["content-type"] = "application/octet-stream"
    return signed("s3", method, os.environ["COORDINATION_URL"] + name, headers, body)


def ask_store(action):
    body = json.dumps({"SecretId": os.environ["BUNDLE_ID"]}).encode()
    status, text = post("secretsmanager", "application/x-amz-json-1.1", body, "secretsmanager." + action)
    if status != 200:
        raise Trouble("secret store: %d %s%s" % (status, error_type(text), skew_of(text)))
    return json.loads(text)


# The bundle's text and version.
def fetch_bundle():
    answer = ask_store("GetSecretValue")
    return answer["SecretString"], answer["VersionId"]


# No value travels for this.
def bundle_version():
    stages = ask_store("DescribeSecret")["VersionIdsToStages"]
    return [version for version in stages if "AWSCURRENT" in stages[version]][0]


# Only the name of the error: messages can quote what was asked for.
def error_type(text):
    for mark, end in ((b'"__type":"', b'"'), (b"<Code>", b"</Code>")):
        if mark in text:
            return text.split(mark, 1)[1].split(end, 1)[0].decode(errors="replace").split("#")[-1][:60]
    return ""


# Exit code 3: there is no such action now, which may be too early, too late, or an instance launched without a hook.
def autoscaling(action, **fields):
    fields.update(Action=action, Version="2011-01-01", InstanceId=metadata("instance-id"))
    body = urllib.parse.urlencode(sorted(fields.items())).encode()
    status, text = post("autoscaling", "application/x-www-form-urlencoded; charset=utf-8", body)
    if status == 200:
        return
    if b"No active Lifecycle Action" in text:
        sys.exit(3)
    raise Trouble("autoscaling %s: %d %s%s" % (action, status, error_type(text), skew_of(text)))


def lifecycle(action, hook, **fields):
    autoscaling(action, AutoScalingGroupName=os.environ["GROUP_NAME"], LifecycleHookName=hook, **fields)


def main(command, *arguments):
    if command == "metadata":
        print(metadata(arguments[0]))
    elif command == "complete":
        lifecycle("CompleteLifecycleAction", arguments[0], LifecycleActionResult=arguments[1])
    elif command == "heartbeat":
        lifecycle("RecordLifecycleActionHeartbeat", arguments[0])
    elif command == "unhealthy":
        autoscaling("SetInstanceHealth", HealthStatus="Unhealthy", ShouldRespectGracePeriod="false")
    else:
        sys.exit("unknown command " + command)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Trouble, LookupError, TypeError, ValueError) as trouble:
        sys.exit(str(trouble))
