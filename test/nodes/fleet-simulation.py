# A day of an Azure media fleet, many times over: sessions come and go, machines crash, hang or never become ready,
# leaders die or sleep through their lease, operators change limits and templates, and autoscale does what Azure's does.
# The real `decide` of nodes/lib/controller.py governs it; around it is a model of what fleet.py does with the store and
# with Azure. After every step the promises are checked; a broken one ends the run with its seed.
#
#   python3 fleet-simulation.py [runs]            all runs, then the broken variants; JSON on standard output
#   FLEET_SEED=17 python3 fleet-simulation.py     one run, told step by step; with FLEET_VARIANT=<name> a broken one
import collections
import copy
import heapq
import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../nodes/lib"))
sys.dont_write_bytecode = True
from controller import FRESH, GRACE, decide  # noqa: E402

MINUTE, HOUR = 60, 3600
# As in fleet.py: the lease, and what has been looked at so recently is not looked at again.
LEASE, RECENT = 60, 50
BEAT = 60
# What a node has said less than this ago has to be known, and what has happened longer than twice this ago as well.
NEWS = 3 * BEAT
# Seconds after which a leader changes nothing more (fleet.py).
LIMIT = 45
# Reported numbers: reference/cloud-facts-azure.md 1.8 (notice of a deletion), 1.10-1.13 (autoscale).
NOTICE = 15 * MINUTE
AUTOSCALE_COOLDOWN = 10 * MINUTE
SESSIONS_PER_NODE = 20


class Broken(Exception):
    pass


class Node:
    def __init__(self, name, born, template, rng):
        self.name, self.born, self.template = name, born, template
        self.phase, self.running = "booting", True
        self.sessions, self.epoch = 0, 0
        self.asked_at, self.by_person = None, False
        self.drain_end = None
        # Crashed, or drained by a person: for some minutes no controller can know.
        self.lost_at = None
        self.deleting, self.locked_until = False, born + 6 * HOUR if rng.random() < 0.04 else 0
        self.drained_at = None
        self.silent_until, self.deaf = 0, False
        self.beat, self.beat_at, self.offset = None, None, rng.random() * BEAT
        self.bias, self.tells_sessions = rng.random() * 4, rng.random() > 0.05

    def cpu(self):
        return 60 if self.phase == "booting" else 3 + self.bias + 90 * self.sessions / SESSIONS_PER_NODE

    # Heartbeats are written down when somebody looks or something changes: nothing differs in between.
    def settle_beat(self, now):
        last = now - (now - self.offset) % BEAT
        if last <= (self.beat_at or self.born) or last < self.silent_until or self.phase == "hung" or not self.running:
            return
        self.beat_at = last
        self.beat = (self.phase, self.sessions, self.cpu())

    # What look_at in fleet.py knows: the power state is asked for only where it matters.
    def view(self, now, asked):
        self.settle_beat(now)
        beat = None
        if self.beat:
            state, sessions, cpu = self.beat
            beat = {
                "state": state,
                "sessions": sessions if self.tells_sessions else None,
                "traffic": sessions * 1000 + self.bias,
                "cpu": cpu,
                "template": self.template,
                "age": now - self.beat_at,
            }
        assumed = beat and beat["age"] <= FRESH and self.name not in asked
        return {"name": self.name, "running": bool(assumed or self.running), "age": now - self.born, "beat": beat}


class Fleet:
    """One run. `policy` decides. `fenced`: a write of state by a master without the lease is refused."""

    def __init__(self, seed, policy=decide, fenced=True, tell=None):
        self.rng = rng = random.Random(seed)
        self.policy, self.fenced, self.tell = policy, fenced, tell
        self.now, self.order, self.events, self.made = 0.0, 0, [], 0
        least = rng.choice([1, 1, 1, 2, 2, 3])
        most = least if rng.random() < 0.12 else least + rng.randint(1, 6)
        self.settings = {
            "min": least,
            "max": most,
            "cpu": rng.choice([40, 50, 60, 70]),
            "drains": rng.choice([1, 1, 1, 2, 3]),
            "cooldown": rng.choice([5, 10, 30]) * MINUTE,
            "drain": rng.choice([1, 2, 8, 24, 47]) * HOUR,
            "boot": 20 * MINUTE,
            "template": "template-1",
        }
        self.model = "template-1"
        self.limits = {"minimum": self.settings["min"], "maximum": self.settings["max"]}
        self.capacity_falls_late = rng.random() < 0.5
        self.leaving_places = 0
        self.last_growth = -HOUR
        self.nodes = {}
        self.blob, self.written_at = {}, -HOUR
        self.lease = (None, 0.0)
        self.counts = collections.Counter()
        self.day = rng.choice([3, 5, 8, 12, 24]) * HOUR
        self.longest = rng.choice([1, 3, 3, 6, 20]) * HOUR
        # From here on nothing more can happen by itself.
        self.last_session_end = 0.0
        self.shrunk_at = self.too_many_since = self.last_deletion = self.deletion_wanted_at = None
        self.pause = rng.randint(1, 5) * MINUTE
        self.calm, self.changes = 0, 0

    # Time

    def later(self, delay, what, *arguments):
        self.order += 1
        heapq.heappush(self.events, (self.now + delay, self.order, what, arguments))

    def note(self, text):
        if self.tell:
            minutes = int(self.now // MINUTE)
            self.tell("%3d:%02d %s" % (minutes // 60, minutes % 60, text))

    def fail(self, promise):
        raise Broken("%s at %d s" % (promise, self.now))

    def run(self):
        for _ in range(self.settings["min"]):
            self.add_node(self.rng.randint(3, 8) * MINUTE)
        self.plan_day()
        self.later(self.pause, self.tick)
        self.later(2 * MINUTE, self.autoscale)
        steady_since = None
        while True:
            self.now, _, what, arguments = heapq.heappop(self.events)
            what(*arguments)
            if self.now <= self.day or self.now < self.last_session_end or what != self.tick:
                continue
            missing = self.not_converged()
            if missing:
                steady_since = None
                if self.now > max(self.day, self.last_session_end) + 14 * HOUR:
                    self.fail("not converged: " + missing)
            elif steady_since is None:
                steady_since = self.now
            elif self.now - steady_since > 2 * HOUR:
                return self.counts

    # What happens to a fleet

    def plan_day(self):
        rng, day = self.rng, self.day
        peak = rng.uniform(0.3, 1.1) * SESSIONS_PER_NODE * self.settings["max"]
        typical = min(self.longest, 2 * HOUR)
        self.rate = min(peak / typical, 250 / day)
        self.waves = [(rng.random() * day, rng.uniform(0.5, 2) * HOUR) for _ in range(rng.randint(1, 3))]
        self.later(0, self.arrival)
        for action, most in (
            (self.crash, 4),
            (self.silence, 4),
            (self.change_limits, 2),
            (self.change_template, 2),
            (self.person_drains, 1),
        ):
            for _ in range(rng.randint(0, most)):
                self.later(rng.random() * day, action)

    def arrival(self):
        rng = self.rng
        if self.now > self.day:
            return
        self.later(rng.expovariate(self.rate), self.arrival)
        busy = any(abs(self.now - middle) < width for middle, width in self.waves)
        if not busy and rng.random() < 0.8:
            return
        serving = [node for node in self.nodes.values() if node.phase == "serving"]
        if not serving:
            self.counts["refused"] += 1
            return
        node = min(serving, key=lambda each: (each.sessions + rng.random()))
        length = min(self.longest, 2 * MINUTE + rng.expovariate(1 / (self.longest / 4)))
        if rng.random() < 0.05:
            length = self.longest
        node.settle_beat(self.now)
        node.sessions += 1
        self.changes += 1
        self.counts["sessions"] += 1
        self.last_session_end = max(self.last_session_end, self.now + length)
        self.later(length, self.session_ends, node, node.epoch)

    def session_ends(self, node, epoch):
        if node.epoch != epoch:
            return
        node.settle_beat(self.now)
        node.sessions -= 1
        self.changes += 1
        if node.phase == "draining" and node.sessions == 0:
            self.later(self.rng.uniform(5, 40), self.drained, node, node.epoch)

    def add_node(self, boots_in=None):
        rng = self.rng
        self.made += 1
        # Azure gives names in no order.
        node = Node("media-%06x" % rng.getrandbits(24), self.now, self.model, rng)
        self.nodes[node.name] = node
        self.changes += 1
        fate = rng.random()
        if boots_in is None and fate < 0.06 and self.now < self.day:
            self.note("%s will never be ready" % node.name)
            if fate < 0.02:
                self.later(rng.uniform(60, 600), self.hang, node, node.epoch)
            else:
                self.later(0.9 * self.settings["boot"], self.power_off, node, node.epoch)
        else:
            self.later(boots_in or rng.uniform(2, 9) * MINUTE, self.ready, node, node.epoch)
        return node

    def change(self, node, phase):
        node.settle_beat(self.now)
        node.phase = phase
        self.changes += 1
        self.note("%s %s, %d sessions" % (node.name, phase, node.sessions))

    def is_here(self, node, epoch):
        return node.epoch == epoch and node.name in self.nodes

    def ready(self, node, epoch):
        if self.is_here(node, epoch) and node.phase == "booting" and not node.deleting:
            self.change(node, "serving")

    def end_sessions(self, node):
        node.sessions, node.epoch = 0, node.epoch + 1

    def power_off(self, node, epoch):
        if self.is_here(node, epoch) and node.running:
            self.change(node, "off")
            node.running, node.lost_at = False, self.now
            self.end_sessions(node)

    def hang(self, node, epoch):
        if self.is_here(node, epoch) and node.running:
            self.change(node, "hung")
            node.lost_at = self.now
            self.end_sessions(node)
            # Only a person may judge a machine that runs and says nothing, unless it is known to be leaving.
            if node.name not in self.blob.get("drains", {}):
                self.later(self.rng.uniform(0.5, 3) * HOUR, self.person_looks, node, node.epoch)
            self.last_session_end = max(self.last_session_end, self.now + self.settings["drain"] + GRACE)

    def person_looks(self, node, epoch):
        if not self.is_here(node, epoch) or node.deleting:
            return
        if self.rng.random() < 0.5:
            self.note("a person deletes %s" % node.name)
            self.begin_deletion(node)
        else:
            self.reboot(node)

    def reboot(self, node):
        node.settle_beat(self.now)
        self.end_sessions(node)
        node.lost_at = self.now
        self.changes += 1
        if node.phase in ("draining", "drained") or node.asked_at is not None or node.drain_end is not None:
            # The drain that is on disk goes on; there is nothing left to wait for.
            self.change(node, "hung")
            self.later(self.rng.uniform(60, 180), self.resumes_drain, node, node.epoch)
        else:
            self.change(node, "booting")
            self.later(self.rng.uniform(1, 4) * MINUTE, self.ready, node, node.epoch)

    def resumes_drain(self, node, epoch):
        if self.is_here(node, epoch) and not node.deleting:
            self.change(node, "draining")
            if node.drain_end is None:
                node.drain_end = self.now + self.settings["drain"]
            self.later(30, self.drained, node, node.epoch)

    def crash(self):
        candidates = [node for node in self.nodes.values() if node.running and not node.deleting]
        if not candidates:
            return
        node = self.rng.choice(candidates)
        self.counts["crashes"] += 1
        kind = self.rng.choice(["off", "hang", "reboot", "reboot"])
        self.note("%s crashes: %s" % (node.name, kind))
        if kind == "reboot":
            self.reboot(node)
        else:
            (self.power_off if kind == "off" else self.hang)(node, node.epoch)

    # Heartbeats are lost, and in every second case requests do not arrive either.
    def silence(self):
        candidates = [node for node in self.nodes.values() if node.phase in ("serving", "draining", "drained")]
        if candidates:
            node = self.rng.choice(candidates)
            node.settle_beat(self.now)
            node.silent_until = self.now + self.rng.choice([3, 10, 60, 180]) * MINUTE
            node.deaf = self.rng.random() < 0.5
            self.note("%s is silent until %d min" % (node.name, node.silent_until // MINUTE))
            self.changes += 1

    def change_limits(self):
        least = max(1, self.settings["min"] + self.rng.randint(-2, 2))
        most = max(least, self.settings["max"] + self.rng.randint(-3, 3))
        if self.rng.random() < 0.1:
            least = most = 0
        self.settings.update(min=least, max=most)
        self.note("limits are %d..%d" % (least, most))
        self.changes += 1

    # The scale set and the controller's settings are changed by one deployment, some minutes apart.
    def change_template(self):
        name = "template-%d" % (int(self.settings["template"].split("-")[1]) + 1)
        first, second = self.rng.sample([self.change_model, self.change_wanted], 2)
        self.note("new template %s" % name)
        self.later(0, first, name)
        self.later(self.rng.uniform(0, 10) * MINUTE, second, name)

    def change_model(self, name):
        self.model = max(name, self.model)
        self.changes += 1

    def change_wanted(self, name):
        self.settings["template"] = max(name, self.settings["template"])
        self.changes += 1

    def person_drains(self):
        candidates = [node for node in self.nodes.values() if node.phase == "serving" and node.asked_at is None]
        if candidates:
            node = self.rng.choice(candidates)
            node.by_person, node.lost_at = True, self.now
            self.note("a person drains %s" % node.name)
            self.start_drain(node)

    # A node that was told to leave

    def sees_request(self, node, epoch):
        if not self.is_here(node, epoch) or node.name not in self.blob["drains"] or node.drain_end is not None:
            return
        if node.phase == "hung" or not node.running or node.deleting:
            return
        if node.deaf and self.now < node.silent_until:
            self.later(node.silent_until - self.now + self.rng.uniform(0, 10), self.sees_request, node, epoch)
            return
        self.start_drain(node)

    def start_drain(self, node):
        node.drain_end = self.now + self.settings["drain"]
        self.change(node, "draining")
        if node.sessions == 0:
            self.later(self.rng.uniform(5, 40), self.drained, node, node.epoch)
        self.later(self.settings["drain"], self.deadline, node, node.epoch)

    def deadline(self, node, epoch):
        if self.is_here(node, epoch) and node.phase == "draining":
            self.counts["cut at the deadline"] += node.sessions
            self.end_sessions(node)
            self.drained(node, node.epoch)

    def drained(self, node, epoch):
        if self.is_here(node, epoch) and node.phase == "draining" and node.sessions == 0:
            self.change(node, "drained")
            node.drained_at = self.now

    # Azure

    def capacity(self):
        return len(self.nodes) - (0 if self.capacity_falls_late else self.leaving_places)

    def autoscale(self):
        self.later(self.rng.uniform(1, 5) * MINUTE, self.autoscale)
        capacity, limits = self.capacity(), self.limits
        if capacity > limits["maximum"]:
            self.fail("autoscale chooses a victim: %d machines, maximum %d" % (capacity, limits["maximum"]))
        if capacity < limits["minimum"]:
            for _ in range(limits["minimum"] - capacity):
                self.note("autoscale raises to its minimum: %s" % self.add_node().name)
            return
        measured = [node.cpu() for node in self.nodes.values() if node.running and node.phase != "hung"]
        if not measured or capacity >= limits["maximum"] or self.now - self.last_growth < AUTOSCALE_COOLDOWN:
            return
        if sum(measured) / len(measured) > self.settings["cpu"]:
            self.last_growth = self.now
            self.counts["grown"] += 1
            self.note("autoscale adds %s" % self.add_node().name)

    def begin_deletion(self, node):
        if node.deleting:
            return
        node.settle_beat(self.now)
        node.deleting = True
        self.leaving_places += 1
        self.changes += 1
        # A drained node approves its own end; one that cannot answer is held for the notice.
        slow = not node.running or node.phase == "hung"
        self.later(self.rng.uniform(60, NOTICE + 300) if slow else self.rng.uniform(20, 240), self.gone, node)

    def gone(self, node):
        del self.nodes[node.name]
        self.leaving_places -= 1
        self.changes += 1
        self.note("%s is gone" % node.name)

    # The masters

    def tick(self):
        self.later(self.next_pause(), self.tick)
        if self.now < self.lease[1] or self.now - self.written_at < RECENT:
            return
        # A new lease each time, also for a master that had one before.
        lease = "%d of master %d" % (self.order, self.rng.randint(1, 4))
        self.lease = (lease, self.now + LEASE)
        self.advance(self.master_run(lease), lease)

    # Where nothing changes, nothing is decided either: then the masters are asked less often, to save time.
    def next_pause(self):
        quiet = self.now > self.day and self.calm == self.changes
        self.calm = self.changes
        return self.rng.uniform(8, 15) * MINUTE if quiet else self.pause * self.rng.uniform(0.6, 1.4)

    # Runs a master's steps. Between any two it can die, or sleep for shorter or longer than its lease. (fleet.py looks
    # at the clock as well before it changes anything; here it always sleeps after that look, which is the worst case.)
    def advance(self, steps, lease):
        for chance in steps:
            fate = self.rng.random() if self.now < self.day else 1
            if fate < chance / 3:
                self.note("the leader dies in its run")
                self.counts["controller crashes"] += 1
                self.changes += 1
                return
            if fate < chance:
                self.counts["stalls"] += 1
                self.changes += 1
                self.later(self.rng.choice([20, 50, 200, 500, 1500]), self.advance, steps, lease)
                return
        if self.lease[0] == lease:
            self.lease = (None, 0.0)

    def master_run(self, lease):
        yield 0.004
        began, settings, state = self.now, dict(self.settings), copy.deepcopy(self.blob)
        seen = [node.view(self.now, state.get("drains", {})) for node in self.nodes.values()]
        result = self.policy(self.now, settings, seen, state)
        # Mostly, where it could do harm.
        yield 0.3 if result["drain"] else 0.1 if result["delete"] else 0.004
        if self.fenced and not self.leads(lease):
            self.note("a leader without its lease is refused")
            self.counts["refused writes"] += 1
            return
        self.judge(settings, seen, result)
        self.write_state(result["state"])
        limits = {key: result[key] for key in ("minimum", "maximum")}
        if limits != self.limits:
            yield 0.1
            # The one change with a clock of its own: what has been counted must not be old.
            if self.now - began > LIMIT:
                return
            self.note("autoscale's limits become %d..%d" % (limits["minimum"], limits["maximum"]))
            self.limits = limits
            self.changes += 1
            yield 0.1
            limits["maximum"] = max(limits["maximum"], len(self.nodes))
        for entry in result["delete"]:
            yield 0.1
            # Azure may refuse or lose a call, and a person may have locked a machine.
            node = self.nodes.get(entry["name"])
            if node and self.now > node.locked_until and self.rng.random() > 0.05:
                self.deletes(node, entry["reason"], self.leads(lease))

    def leads(self, lease):
        return self.lease[0] == lease and self.now < self.lease[1]

    def write_state(self, state):
        before, self.blob = self.blob.get("drains", {}), copy.deepcopy(state)
        self.written_at = self.now
        for name in [name for name in state["drains"] if name not in before and name in self.nodes]:
            self.changes += 1
            node = self.nodes[name]
            self.later(self.rng.uniform(0, 10), self.sees_request, node, node.epoch)

    # The promises

    # Called when a decision takes effect: its state can be written.
    def judge(self, settings, seen, result):
        beats = {node["name"]: node["beat"] for node in seen}
        leaving = {entry["name"] for entry in result["drain"]} | set(self.blob.get("drains", {}))
        for entry in result["drain"]:
            self.note("asks %s to leave: %s" % (entry["name"], entry["reason"]))
            self.counts["drains"] += 1
            self.check_victim(settings, beats, entry["name"], entry["reason"], leaving)
            if entry["name"] in self.nodes:
                self.nodes[entry["name"]].asked_at = self.now
        if result["drain"]:
            self.check_least(settings)
            self.check_drains(settings, beats)
        if not settings["min"] <= result["minimum"] <= settings["max"]:
            self.fail("a minimum of %d outside %d..%d" % (result["minimum"], settings["min"], settings["max"]))
        if len(result["delete"]) > 1:
            self.fail("two deletions in one run")
        self.check_patience(settings)

    # Ours, and those of persons that have been reported.
    def check_drains(self, settings, beats):
        def counts(node):
            beat = beats.get(node.name)
            reported = beat and beat["age"] <= NEWS and beat["state"] in ("draining", "drained")
            return node.asked_at is not None or reported

        under_way = [node for node in self.nodes.values() if counts(node)]
        if len(under_way) > settings["drains"]:
            self.fail("%d drains at once, %d allowed" % (len(under_way), settings["drains"]))

    # What must not take for ever, also while sessions come and go.
    def check_patience(self, settings):
        for node in self.nodes.values():
            if node.phase == "drained" and not node.deleting and self.now > node.locked_until:
                if self.now - max(node.drained_at, node.locked_until, node.silent_until) > 4 * HOUR:
                    self.fail("%s is drained and not deleted for hours" % node.name)
        serving = [node for node in self.nodes.values() if node.phase == "serving"]
        waits = [node for node in self.nodes.values() if node.asked_at is not None or node.drain_end is not None]
        silent = [node for node in serving if self.now < node.silent_until + NEWS]
        if len(serving) <= settings["max"] or waits or silent:
            self.too_many_since = None
        elif self.too_many_since is None:
            self.too_many_since = self.now
        elif self.now - self.too_many_since > 2 * HOUR:
            self.fail("more nodes than the maximum for hours")

    # Serving nodes that are not on their way out, and those that no controller could know to be dead yet.
    def check_least(self, settings):
        serving = [
            node
            for node in self.nodes.values()
            if node.asked_at is None
            and not node.deleting
            and (node.phase == "serving" or (node.lost_at or -HOUR) > self.now - 2 * NEWS)
        ]
        if len(serving) < settings["min"]:
            self.fail("%d nodes serve, %d is the minimum" % (len(serving), settings["min"]))

    def check_victim(self, settings, beats, name, reason, leaving):
        chosen = beats[name]
        if name in self.blob.get("drains", {}):
            self.fail("%s is asked twice" % name)
        # The last limits are kept whatever a machine says.
        if settings["max"] == 0:
            return
        if reason == "old template" and chosen["template"] == settings["template"]:
            self.fail("a node of the newest template leaves as an old one")
        stay = [beat for other, beat in beats.items() if other not in leaving and beat and beat["state"] == "serving"]
        stay = [beat for beat in stay if beat["age"] <= NEWS]
        if any(b["template"] == chosen["template"] and b["traffic"] + 500 < chosen["traffic"] for b in stay):
            self.fail("a node leaves although another is emptier")
        if reason == "little load":
            if sum(beat["cpu"] for beat in stay + [chosen]) / len(stay) >= settings["cpu"]:
                self.fail("the nodes that stay have too much to do")
            if self.shrunk_at is not None and self.now - self.shrunk_at < settings["cooldown"] - LEASE:
                self.fail("nodes leave too fast")
            self.shrunk_at = self.now

    def deletes(self, node, reason, leads):
        if node.deleting:
            return
        self.note("deletes %s: %s" % (node.name, reason))
        asked = self.blob["drains"].get(node.name)
        end = asked["since"] + self.settings["drain"] if asked else None
        if node.sessions and (end is None or self.now < end):
            self.fail("%d sessions on %s are cut before its deadline" % (node.sessions, node.name))
        if node.drained_at is None and node.running and (end is None or self.now < end):
            self.fail("%s is deleted although it is %s" % (node.name, node.phase))
        # The time counts from the decision, whatever became of the leader that made it.
        if leads and self.last_deletion in self.nodes.values() and self.now - self.deletion_wanted_at < 5 * MINUTE:
            self.fail("two machines are deleted at the same time")
        if leads and self.blob["deleting"]:
            self.last_deletion, self.deletion_wanted_at = node, self.blob["deleting"]["since"]
        self.counts["deleted"] += 1
        self.begin_deletion(node)

    # What is still missing at a time when nothing has happened for long.
    def not_converged(self):
        settings, nodes = self.settings, self.nodes.values()
        wanted = settings["min"]
        phases = collections.Counter(node.phase for node in nodes)
        if len(self.nodes) != wanted or phases["serving"] != wanted:
            return "%d nodes wanted, there are %s" % (wanted, dict(phases))
        if settings["max"] > wanted and any(node.template != settings["template"] for node in nodes):
            return "old templates"
        if self.blob["drains"]:
            return "requests are left"
        if self.limits != {"minimum": settings["min"], "maximum": settings["max"]}:
            return "autoscale's limits are %s" % self.limits
        return None


# Variants that break a promise; each has to be caught.


def ignores_minimum(now, settings, nodes, state):
    result = decide(now, dict(settings, min=0), nodes, state)
    return dict(result, minimum=max(result["minimum"], settings["min"]))


def drains_one_more(now, settings, nodes, state):
    return decide(now, dict(settings, drains=settings["drains"] + 1), nodes, state)


def deletes_silent(now, settings, nodes, state):
    result = decide(now, settings, nodes, state)
    silent = [node for node in nodes if node["running"] and node["beat"] and node["beat"]["age"] > 10 * MINUTE]
    if silent and not result["delete"]:
        result["delete"] = [{"name": silent[0]["name"], "reason": "silent"}]
    return result


def picks_fullest(now, settings, nodes, state):
    def turned(node):
        if not node["beat"]:
            return node
        sessions = node["beat"]["sessions"]
        return dict(node, beat=dict(node["beat"], traffic=-node["beat"]["traffic"], sessions=sessions and -sessions))

    return decide(now, settings, [turned(node) for node in nodes], state)


def loses_patience(now, settings, nodes, state):
    return decide(now, dict(settings, drain=settings["drain"] / 4 - 1800), nodes, state)


def forgets_drains(now, settings, nodes, state):
    return decide(now, settings, nodes, dict(state, drains={}))


def never_replaces(now, settings, nodes, state):
    renewed = [dict(node, beat=node["beat"] and dict(node["beat"], template=settings["template"])) for node in nodes]
    return decide(now, settings, renewed, state)


def leaves_minimum_raised(now, settings, nodes, state):
    result = decide(now, settings, nodes, state)
    return dict(result, minimum=min(settings["max"], settings["min"] + 1))


def lowers_at_once(now, settings, nodes, state):
    return dict(decide(now, settings, nodes, state), maximum=settings["max"])


VARIANTS = {
    "ignores the minimum": {"policy": ignores_minimum},
    "drains one more than allowed": {"policy": drains_one_more},
    "deletes a machine that runs but is silent": {"policy": deletes_silent},
    "picks the fullest": {"policy": picks_fullest},
    "deletes long before the deadline": {"policy": loses_patience},
    "forgets what it asked for": {"policy": forgets_drains},
    "never replaces an old template": {"policy": never_replaces},
    "leaves autoscale's minimum raised": {"policy": leaves_minimum_raised},
    "writes state without the lease": {"fenced": False},
    "lowers autoscale's maximum below the machines there are": {"policy": lowers_at_once},
}


def one(seed, **how):
    try:
        return Fleet(seed, **how).run(), None
    except Broken as broken:
        return collections.Counter(), str(broken)


def first_caught(limit, **how):
    for seed in range(1, limit + 1):
        _, broken = one(seed, **how)
        if broken:
            return {"runs": seed, "promise": broken}
    return None


def main(runs):
    started = time.process_time()
    total, failures = collections.Counter(), []
    for seed in range(1, runs + 1):
        counts, broken = one(seed)
        total.update(counts)
        if broken:
            failures.append({"seed": seed, "promise": broken})
            print("FLEET_SEED=%d: %s" % (seed, broken), file=sys.stderr)
    seconds = time.process_time() - started
    caught = {name: first_caught(300, **how) for name, how in VARIANTS.items()}
    summary = "%d fleets, %d failed, in %.1f s: %s" % (
        runs,
        len(failures),
        seconds,
        ", ".join("%d %s" % (count, what) for what, count in sorted(total.items())),
    )
    print(summary, file=sys.stderr)
    print(json.dumps({"runs": runs, "failures": failures, "seconds": seconds, "counts": total, "caught": caught}))


if __name__ == "__main__":
    chosen = os.environ.get("FLEET_SEED")
    if chosen:
        variant = VARIANTS[os.environ["FLEET_VARIANT"]] if "FLEET_VARIANT" in os.environ else {}
        print(one(int(chosen), tell=print, **variant)[1] or "kept every promise")
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
