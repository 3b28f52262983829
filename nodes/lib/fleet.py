# What the controller on Azure masters sees and does. One master leads at a time: it holds a lease on the blob that is
# the controller's whole state, so the write of a leader whose lease has run out is refused. Requests to drain are that
# state; it is written before anything is changed. Whatever answers other than expected ends the run, and the next one
# begins from the start (reference/cloud-facts-azure.md 1, 7.8, 12).
import calendar
import collections
import json
import os
import sys
import time
import urllib.parse

from bundle import replace_file
from cloud import instance, store_request, token
from store import times
from web import Trouble, call

BLOB = "controller"
COMPUTE, INSIGHTS = "2024-11-01", "2022-10-01"
ARM = {
    "AzurePublicCloud": "https://management.azure.com",
    "AzureUSGovernmentCloud": "https://management.usgovcloudapi.net",
    "AzureChinaCloud": "https://management.chinacloudapi.cn",
}
# Everything is done or given up before a lease of 60 s can run out, whatever the last call takes (10 s).
LEASE, LIMIT = 60, 45
# The masters' timers are not in step; what one has just looked at needs no second look.
RECENT = float(os.environ.get("OPENVIDU_NODE_PAUSE", 50))
PAGES = 20
STATES = ("booting", "serving", "draining", "drained")

# Age in seconds and the time of the look, both by the store's clock.
Blob = collections.namedtuple("Blob", "body age now")


def log(outcome, why):
    print('openvidu-node step=controller outcome=%s why="%s"' % (outcome, why), flush=True)


def check(status, what, *accepted):
    if status not in accepted:
        raise Trouble("%s: %d" % (what, status))


def read(name, container=None, lease=None):
    headers = {"x-ms-lease-id": lease} if lease else {}
    status, headers, body = store_request("GET", name, headers, None, container or os.environ["REQUESTS_URL"])
    if status == 404:
        return None
    check(status, "blob " + name, 200)
    now, then = times(headers)
    return Blob(body, now - then, now)


def put(query, headers, body=b""):
    return store_request("PUT", BLOB + query, headers, body, os.environ["REQUESTS_URL"])


def parse(body):
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


# Returns the lease's id, or None while another master leads.
def acquire():
    wanted = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": str(LEASE)}
    status, headers, _ = put("?comp=lease", wanted)
    if status == 409:
        return None
    check(status, "lease", 201)
    return headers["x-ms-lease-id"]


def release(lease):
    try:
        put("?comp=lease", {"x-ms-lease-action": "release", "x-ms-lease-id": lease})
    except Trouble as trouble:
        log("note", trouble)


# Azure Resource Manager with the master's own identity, in the resource group and the cloud that it runs in.
class Manager:
    def __init__(self, end):
        address = ARM[instance("compute/azEnvironment")]
        self.base, self.audience, self.end = os.environ.get("OPENVIDU_NODE_ENDPOINT", address), address + "/", end
        place = instance("compute/subscriptionId"), instance("compute/resourceGroupName")
        self.group = "/subscriptions/%s/resourceGroups/%s/providers/" % place

    def in_time(self):
        if time.monotonic() > self.end:
            raise Trouble("not done within %d s" % LIMIT)

    def ask(self, method, path, query, accepted=(200,), body=None):
        self.in_time()
        headers = dict(token(self.audience), **{"content-type": "application/json"})
        data = None if body is None else json.dumps(body).encode()
        status, text = call(method, self.base + urllib.parse.quote(path) + "?" + query, headers, data)
        check(status, "%s %s" % (method, path.split("/providers/")[-1]), *accepted)
        return json.loads(text) if method == "GET" and status == 200 else {}

    # Wherever the link to the next page points, the token goes to the same place as before.
    def list(self, path, version):
        found, query = [], "api-version=" + version
        for _ in range(PAGES):
            page = self.ask("GET", path, query)
            found += page["value"]
            if not page.get("nextLink"):
                return found
            place = urllib.parse.urlsplit(page["nextLink"])
            path, query = urllib.parse.unquote(place.path), place.query
        raise Trouble("a list has more than %d pages" % PAGES)

    def in_group(self, kind, version):
        return self.list(self.group + kind, version)


# The one scale set of this cluster and the orders on it: limits, times in seconds, CPU in percent, newest template.
def find_scale_set(manager):
    def is_ours(scale_set):
        tags = scale_set.get("tags") or {}
        return tags.get("openvidu-cluster") == os.environ["CLUSTER"] and "openvidu-media" in tags

    found = [each for each in manager.in_group("Microsoft.Compute/virtualMachineScaleSets", COMPUTE) if is_ours(each)]
    if len(found) != 1:
        raise Trouble("%d scale sets have the tags of %s" % (len(found), os.environ["CLUSTER"]))
    orders = json.loads(found[0]["tags"]["openvidu-media"])
    settings = {key: int(orders[key]) for key in ("min", "max", "cpu", "drains", "cooldown", "drain", "boot")}
    settings["template"] = str(orders["template"])
    if not 0 <= settings["min"] <= settings["max"] or settings["drains"] < 1:
        raise Trouble("the orders on the scale set contradict each other")
    return found[0]["id"], settings


# What a machine says about itself; a beat of an earlier machine of that name, or one that cannot be read, says nothing.
def beat_of(name, vm_id):
    blob = read(name, os.environ["HEARTBEATS_URL"])
    if blob is None:
        return None
    said = parse(blob.body)
    try:
        if said["state"] not in STATES or str(said["vmId"]).lower() != str(vm_id).lower():
            return None
        sessions = None if said["sessions"] is None else int(said["sessions"])
        numbers = {"sessions": sessions, "traffic": int(said["traffic"]), "cpu": float(said["cpu"])}
        return dict(numbers, state=said["state"], template=str(said["template"]), age=blob.age)
    except (LookupError, TypeError, ValueError):
        return None


# Only a power state that says so makes a machine a stopped one.
def is_running(manager, name):
    path = manager.group + "Microsoft.Compute/virtualMachines/%s/instanceView" % name
    view = manager.ask("GET", path, "api-version=" + COMPUTE, (200, 404))
    codes = [status.get("code") for status in view.get("statuses") or []]
    return not {"PowerState/stopped", "PowerState/deallocated"}.intersection(codes)


def look_at(manager, machine, now, asked, fresh):
    manager.in_time()
    name, about = machine["name"], machine["properties"]
    beat, age = beat_of(name, about.get("vmId")), 0
    # A machine that is being made may lack it.
    if about.get("timeCreated"):
        age = now - calendar.timegm(time.strptime(about["timeCreated"][:19], "%Y-%m-%dT%H:%M:%S"))
    is_plain = beat and beat["age"] <= fresh and name not in asked
    return {"name": name, "running": True if is_plain else is_running(manager, name), "age": age, "beat": beat}


def set_limits(manager, setting):
    manager.ask("PUT", setting["id"], "api-version=" + INSIGHTS, (200, 201), setting)


# Autoscale's limits and threshold follow the orders on the scale set, and what the plan needs meanwhile.
def keep_limits(manager, scale_set, cpu, plan):
    for setting in manager.in_group("Microsoft.Insights/autoscalesettings", INSIGHTS):
        if setting["properties"]["targetResourceUri"].lower() != scale_set.lower():
            continue
        profile = setting["properties"]["profiles"][0]
        before, trigger = profile["capacity"], profile["rules"][0]["metricTrigger"]
        least, most = str(plan["minimum"]), str(plan["maximum"])
        profile["capacity"] = {"minimum": least, "maximum": most, "default": least}
        if profile["capacity"] != before or trigger["threshold"] != cpu:
            log("limits", "%s to %s machines, one more above %d %% CPU" % (least, most, cpu))
            trigger["threshold"] = cpu
            set_limits(manager, setting)
            # With its old limits autoscale may have added a machine since they were counted.
            count = len(manager.list(scale_set + "/virtualMachines", COMPUTE)) if int(most) < int(before["maximum"]) else 0
            if count > int(most):
                profile["capacity"]["maximum"] = str(count)
                set_limits(manager, setting)
        return
    log("note", "no autoscale setting has the scale set for its target")


def delete(manager, scale_set, machines, names):
    for name in names:
        if machines[name]["properties"].get("provisioningState") == "Deleting":
            log("waiting", "%s is being deleted" % name)
            continue
        body = {"instanceIds": [name]}
        manager.ask("POST", scale_set + "/delete", "api-version=" + COMPUTE, (200, 202), body)


# What remains of machines that we have deleted.
def forget(state, asked, machines):
    deleting = state.get("deleting")
    names = {*asked, *([str(deleting.get("name"))] if isinstance(deleting, dict) else [])}
    for name in sorted(names.difference(machines)):
        place = urllib.parse.quote(name, safe="")
        status, _, _ = store_request("DELETE", place, None, None, os.environ["HEARTBEATS_URL"])
        check(status, "heartbeat of " + name, 202, 404)


# What `openvidu-status` shows on every master, whoever led.
def show(state):
    seen = state.get("seen") if isinstance(state.get("seen"), dict) else {}
    lines = ["media=%s" % seen.get("summary", "not looked at yet")]
    lines += ["note=%s" % note for note in seen.get("notes") or []]
    try:
        replace_file(os.environ["STATE_DIR"] + "/controller", "\n".join(lines) + "\n", mode=0o644)
    except OSError as error:
        log("note", "not shown: %s" % error.strerror)


def summary(nodes, state):
    said = [(node["beat"] or {}).get("state", "silent") for node in nodes if node["name"] not in state["drains"]]
    counts = ["%d %s" % (count, word) for word, count in sorted(collections.Counter(said).items())]
    return ", ".join(counts + ["%d asked to drain" % len(state["drains"])])


def lead(decide, fresh, lease, end):
    manager = Manager(end)
    scale_set, settings = find_scale_set(manager)
    blob = read(BLOB, lease=lease)
    state = parse(blob.body)
    listed = manager.list(scale_set + "/virtualMachines", COMPUTE)
    machines = {machine["name"]: machine for machine in listed}
    asked = state.get("drains") if isinstance(state.get("drains"), dict) else {}
    nodes = [look_at(manager, machine, blob.now, asked, fresh) for machine in listed]
    plan = decide(blob.now, settings, nodes, state)
    forget(state, asked, machines)
    manager.in_time()
    after = dict(plan["state"], seen={"summary": summary(nodes, plan["state"]), "notes": plan["notes"]})
    status, _, _ = put("", {"x-ms-lease-id": lease}, json.dumps(after).encode())
    check(status, "state", 201)
    for kind in ("drain", "delete"):
        for entry in plan[kind]:
            log(kind, "%s: %s" % (entry["name"], entry["reason"]))
    show(after)
    keep_limits(manager, scale_set, settings["cpu"], plan)
    delete(manager, scale_set, machines, [entry["name"] for entry in plan["delete"]])


def run(decide, fresh):
    end, lease = time.monotonic() + LIMIT, None
    try:
        blob = read(BLOB)
        if blob is None:
            status, _, _ = put("", {"if-none-match": "*"}, b"{}")
            check(status, "state", 201, 409, 412)
        elif blob.age < RECENT:
            return show(parse(blob.body))
        lease = acquire()
        if lease:
            lead(decide, fresh, lease, end)
    except (Trouble, LookupError, TypeError, ValueError, AttributeError) as trouble:
        reason = trouble if isinstance(trouble, Trouble) else "unexpected answer (%s)" % type(trouble).__name__
        log("failed", reason)
        sys.exit(1)
    finally:
        if lease:
            release(lease)
