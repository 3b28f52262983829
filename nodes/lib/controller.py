# Azure masters, each minute: which media nodes are asked to leave, which drained machine is deleted, and how many
# machines autoscale must keep while old ones are replaced. `decide` is the whole policy: it knows only what it is
# given, so a crash between two runs loses nothing. What the controller sees and does is in fleet.py.

# A node that says nothing for longer is not known to serve. Heartbeats come each minute.
FRESH = 180
# A node ends its own drain at the deadline; this is how much later it is deleted all the same.
GRACE = 1800
# A deletion may take this long before another machine is deleted (reference/cloud-facts-azure.md 1.13).
DELETION = 900
# A node leaves for lack of work only if the others then stay this far below the CPU that calls for one more.
CALM = 0.7


def number(value):
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


# What is left of a state that nobody can read: nothing is asked to drain, and the last change was just now.
def known(state, now, names):
    state = state if isinstance(state, dict) else {}
    drains, deleting, changed = state.get("drains"), state.get("deleting"), number(state.get("changed"))
    kept = {}
    for name, entry in drains.items() if isinstance(drains, dict) else ():
        if name in names:
            entry = entry if isinstance(entry, dict) else {}
            since = number(entry.get("since"))
            kept[name] = {"since": now if since is None else min(since, now), "reason": str(entry.get("reason", ""))}
    deleting = deleting if isinstance(deleting, dict) else {}
    name, since = str(deleting.get("name")), number(deleting.get("since"))
    going = {"name": name, "since": since} if name in names and since is not None else None
    return {"drains": kept, "changed": now if changed is None else min(changed, now), "deleting": going}


def report(node):
    beat = node["beat"]
    return beat["state"] if beat and beat["age"] <= FRESH else None


# One machine at a time: the one whose deletion has begun is asked for again until it is gone.
def choose_deletion(now, settings, nodes, state):
    def why(node):
        drain = state["drains"].get(node["name"])
        if report(node) == "drained":
            return "drained"
        if not node["running"]:
            return "stopped while it drained" if drain else "stopped"
        if drain and now - drain["since"] > settings["drain"] + GRACE:
            return "drain overdue"
        return None

    deletable = [{"name": node["name"], "reason": why(node)} for node in nodes if why(node)]
    begun = state["deleting"]
    if begun and now - begun["since"] < DELETION:
        return [entry for entry in deletable if entry["name"] == begun["name"]]
    # One that could not be deleted in that time lets the others go first.
    if begun:
        deletable.sort(key=lambda entry: entry["name"] <= begun["name"])
        state["deleting"] = None
    for entry in deletable[:1]:
        state["deleting"] = {"name": entry["name"], "since": now}
        state["changed"] = now
    return deletable[:1]


# The emptiest node first: by sessions if every candidate knows its own, else by traffic. What is equal stays in order.
def by_emptiness(candidates):
    known_sessions = all(number(node["beat"]["sessions"]) is not None for node in candidates)
    return sorted(candidates, key=lambda node: node["beat"]["sessions" if known_sessions else "traffic"])


def is_calm(settings, serving):
    average = sum(node["beat"]["cpu"] for node in serving) / len(serving)
    return average * len(serving) / (len(serving) - 1) < CALM * settings["cpu"]


def decide(now, settings, nodes, state):
    nodes = sorted(nodes, key=lambda node: node["name"])
    state = known(state, now, {node["name"] for node in nodes})
    asked, drain, notes = state["drains"], [], []
    # A person's drain has the same deadline as ours, also after the requests have been lost.
    for node in nodes:
        if report(node) in ("draining", "drained") and node["name"] not in asked:
            asked[node["name"]] = {"since": now, "reason": "asked on the machine"}
            state["changed"] = now
    delete = choose_deletion(now, settings, nodes, state)

    staying = [node for node in nodes if node["name"] not in asked and node["running"]]
    serving = [node for node in staying if report(node) == "serving"]
    booting = [node for node in staying if report(node) != "serving" and node["age"] < settings["boot"]]
    lost = [node for node in staying if node not in serving and node not in booting]
    old = [node for node in serving if node["beat"]["template"] != settings["template"]]
    # Without load autoscale never makes a first machine, so the last one stays unless none at all are wanted.
    least = max(settings["min"], 1) if settings["max"] > 0 else 0
    room = max(0, settings["drains"] - len(asked))
    minimum = settings["min"]

    def ask(candidates, count, reason):
        for node in candidates[: max(0, min(count, room - len(drain)))]:
            drain.append({"name": node["name"], "reason": reason})

    victims = by_emptiness(old or serving)
    spare = len(serving) - least
    if settings["max"] == 0:
        ask(victims + [node for node in staying if node not in victims], len(staying), "no node is wanted")
    elif len(serving) > settings["max"]:
        ask(victims, len(serving) - settings["max"], "more nodes than the maximum")
    elif old and spare > 0:
        ask(victims, 1, "old template")
    elif old and room > 0:
        # Machines that hold a place without serving in it do not help, so the one more comes on top of them; the one
        # that is being deleted gives its place back by itself.
        gone = [node for node in nodes if state["deleting"] and node["name"] == state["deleting"]["name"]]
        wanted = least + 1 + len(nodes) - len(serving) - len(booting) - len(gone)
        minimum = min(settings["max"], wanted)
        if wanted > settings["max"] and not booting and not asked:
            notes.append("nodes with an old template wait: the maximum leaves no room for one more node")
    elif spare > 0 and not booting and now - state["changed"] >= settings["cooldown"] and is_calm(settings, serving):
        ask(victims, 1, "little load")

    for entry in drain:
        asked[entry["name"]] = {"since": now, "reason": entry["reason"]}
        state["changed"] = now
    # It may hold sessions that only cannot be seen, so a person has to look.
    notes += ["%s runs but does not serve" % node["name"] for node in lost]
    silent = [node for node in nodes if node["name"] in asked and node["running"] and report(node) is None]
    notes += ["%s was asked to drain and says nothing" % node["name"] for node in silent]
    notes += ["%(name)s is deleted: %(reason)s" % entry for entry in delete if entry["reason"] != "drained"]
    # Autoscale deletes machines above its maximum at once, whatever runs on them (reference/cloud-facts-azure.md 1.11).
    maximum = max(settings["max"], len(nodes))
    return {"drain": drain, "delete": delete, "minimum": minimum, "maximum": maximum, "notes": notes, "state": state}


if __name__ == "__main__":
    from fleet import run

    run(decide, FRESH)
