# Days of an Auto Scaling group on AWS, many times over: it grows, shrinks by a victim of its own choice and rolls to
# new templates, while the drain programs of its nodes are killed, machines restart, the API refuses and instance
# metadata is silent. The model of the group follows reference/cloud-facts-aws.md 2 and 3; the numbers (heartbeats,
# waits, limits) are the product's own, read by group-simulation.test.ts and given as JSON on standard input. Results
# are JSON as well. With GROUP_SEED=<seed> one run is told step by step instead.
import collections
import heapq
import json
import os
import random
import sys
import time

MINUTE, HOUR = 60, 3600
# The longest that a hook can be kept open: reference/cloud-facts-aws.md 2.
LONGEST_WAIT, MOST_HEARTBEATS = 48 * HOUR, 100
LONGEST_ROLL = 14 * 24 * HOUR
# What the product's numbers have to bear: the API or a node's metadata gone for so long, not twice in a row.
LONGEST_OUTAGE, BETWEEN_OUTAGES = 35 * MINUTE, 20 * MINUTE


class Broken(Exception):
    pass


class Node:
    def __init__(self, name, template):
        self.name, self.template = name, template
        self.state = "Pending:Wait"
        # When each of its sessions ends.
        self.ends = []
        # What is on its disk, and which start of its programs this is.
        self.request, self.first_request, self.life = None, None, 0
        self.hook_until = self.hook_closes = None
        self.leaving_since = None
        self.disturbed_at = 0
        self.silent_until = 0


class Group:
    def __init__(self, seed, numbers, tell=None):
        self.rng = rng = random.Random(seed)
        self.numbers, self.tell = numbers, tell
        self.now, self.order, self.events, self.made = 0.0, 0, [], 0
        self.least = rng.randint(1, 3)
        self.most = self.least + rng.randint(0, 5)
        self.desired = rng.randint(self.least, self.most)
        # Only drains that the product accepts for so many nodes.
        roll = rng.choice([roll for roll in numbers["rolls"] if roll["nodes"] == self.most])
        self.drain, self.roll_limit = roll["drain"], roll["seconds"]
        self.template, self.rolling = 1, None
        self.nodes = {}
        self.refusing_until = 0
        self.counts = collections.Counter()
        self.day = rng.choice([6, 12, 24, 48]) * HOUR
        self.longest = rng.choice([1, 3, 6, 20, 20, 60]) * HOUR
        # Terminations of a batch may or may not be waited for; AWS does not say.
        self.waits_for_batch = rng.random() < 0.5

    # Time

    def later(self, delay, what, *arguments):
        self.order += 1
        heapq.heappush(self.events, (self.now + delay, self.order, what, arguments))

    def note(self, text):
        if self.tell:
            self.tell("%3d:%02d %s" % (self.now // HOUR, self.now % HOUR // MINUTE, text))

    def fail(self, promise):
        raise Broken("%s at %d s" % (promise, self.now))

    def run(self):
        rng, day = self.rng, self.day
        for _ in range(self.desired):
            self.in_service(self.launch(boots=False))
        self.later(0, self.arrival)
        self.later(0, self.outage)
        for action, times in ((self.scale, 12), (self.kill, 8), (self.reboot, 2), (self.begin_roll, 2)):
            for _ in range(rng.randint(times // 2, times)):
                self.later(rng.random() * day, action)
        while self.events:
            self.now, _, what, arguments = heapq.heappop(self.events)
            what(*arguments)
        left = [node for node in self.nodes.values() if node.state != "InService"]
        if left or len(self.nodes) != self.desired or self.rolling:
            self.fail("%d nodes wanted, %d there, %d on their way" % (self.desired, len(self.nodes), len(left)))
        if any(node.template != self.template for node in self.nodes.values()):
            self.fail("old templates are left")
        return self.counts

    def serving(self):
        return [node for node in self.nodes.values() if node.state == "InService"]

    # What happens to the group

    def arrival(self):
        if self.now > self.day:
            return
        self.later(self.rng.expovariate(40 / self.day), self.arrival)
        serving = self.serving()
        if serving:
            length = min(self.longest, 2 * MINUTE + self.rng.expovariate(3 / self.longest))
            self.rng.choice(serving).ends.append(self.now + length)
            self.counts["sessions"] += 1

    # One after another: the API refuses everyone, or a node hears nothing from its metadata, its credentials included.
    def outage(self):
        if self.now > self.day + 24 * HOUR:
            return
        length = self.rng.uniform(0.1, 1) * LONGEST_OUTAGE
        nodes = [node for node in self.nodes.values() if node.state != "InService"]
        if nodes and self.rng.random() < 0.5:
            node = self.rng.choice(nodes)
            node.silent_until = self.now + length
            self.counts["silences"] += 1
        else:
            self.refusing_until = self.now + length
            self.counts["refusals"] += 1
        self.later(length + BETWEEN_OUTAGES + self.rng.expovariate(1 / (2 * HOUR)), self.outage)

    def kill(self):
        leaving = [node for node in self.nodes.values() if node.leaving_since is not None]
        if leaving:
            self.counts["kills"] += 1
            self.restart(self.rng.choice(leaving), self.numbers["restartSeconds"])

    def reboot(self):
        if self.nodes:
            node = self.rng.choice(list(self.nodes.values()))
            self.counts["reboots"] += 1
            node.ends = []
            self.restart(node, self.rng.uniform(60, 240))

    def restart(self, node, seconds):
        self.note("%s: drain program starts anew" % node.name)
        node.life += 1
        node.disturbed_at = self.now + seconds
        if self.numbers.get("forgetsRequest"):
            node.request = None
        if node.leaving_since is not None:
            self.later(seconds, self.resume, node, self.drain_program(node), node.life)

    def scale(self):
        if self.rng.random() < 0.5:
            self.desired = min(self.most, self.desired + 1)
        else:
            self.desired = max(self.least, self.desired - 1)
        self.reconcile()

    def reconcile(self):
        if self.rolling:
            return
        present = [node for node in self.nodes.values() if node.state in ("InService", "Pending:Wait")]
        for _ in range(self.desired - len(present)):
            self.launch()
        serving = self.serving()
        if len(serving) > self.desired:
            self.terminate(self.rng.choice(serving), "scale-in")
            self.reconcile()

    # The group's own acts

    def launch(self, boots=True):
        self.made += 1
        node = self.nodes[self.made] = Node("i-%d" % self.made, self.template)
        if boots:
            failed = self.rng.random() < 0.1 and self.now < self.day
            boot = self.numbers["bootLimit"] if failed else self.rng.uniform(2, 9) * MINUTE
            self.later(boot, self.abandoned if failed else self.in_service, node)
            self.later(self.numbers["launchHeartbeat"], self.launch_hook_ends, node)
        return node

    def in_service(self, node):
        node.state = "InService"
        self.later(self.numbers["warmup"], self.roll_on)
        self.later(self.numbers["warmup"], self.reconcile)

    # The node itself says that it cannot become ready.
    def abandoned(self, node):
        if node.state == "Pending:Wait":
            self.counts["failed boots"] += 1
            self.leave(node)

    def launch_hook_ends(self, node):
        if node.state == "Pending:Wait":
            self.fail("the launch hook of %s ran out before it gave its reason" % node.name)

    def leave(self, node):
        node.state = "Terminated"
        self.nodes = {number: other for number, other in self.nodes.items() if other is not node}
        self.later(1, self.reconcile)
        self.later(1, self.roll_on)

    # Out of the load balancer first; the target state is visible from the beginning, the hook opens afterwards.
    def terminate(self, node, why):
        self.note("%s leaves: %s, %d sessions" % (node.name, why, len(node.ends)))
        self.counts["terminations"] += 1
        node.state, node.leaving_since = "Terminating", self.now
        if len(self.serving()) < self.least:
            self.fail("%d nodes serve, %d is the minimum" % (len(self.serving()), self.least))
        self.later(self.rng.uniform(60, 300), self.open_hook, node)
        self.later(self.rng.random() * self.numbers["poll"], self.resume, node, self.drain_program(node), node.life)

    def open_hook(self, node):
        heartbeat = self.numbers["terminateHeartbeat"]
        node.state = "Terminating:Wait"
        node.hook_closes = self.now + min(LONGEST_WAIT, MOST_HEARTBEATS * heartbeat)
        node.hook_until = self.now + heartbeat
        self.later(heartbeat, self.hook_ends, node)

    def hook_ends(self, node):
        if node.state != "Terminating:Wait":
            return
        if self.now < node.hook_until:
            self.later(node.hook_until - self.now, self.hook_ends, node)
            return
        self.counts["ended by the hook"] += 1
        self.ends_machine(node, "its hook ran out")

    # Sessions may be cut at the deadline, which counts from the time at which the node first knew.
    def ends_machine(self, node, why):
        running = sum(end > self.now for end in node.ends)
        over = node.first_request is not None and self.now >= node.first_request + self.drain
        if running and not over:
            self.fail("%d sessions on %s are cut before its deadline: %s" % (running, node.name, why))
        if running:
            self.counts["cut at the deadline"] += running
        knew = node.leaving_since if node.first_request is None else node.first_request
        empty = min(max([knew] + node.ends), knew + self.drain)
        if self.now - max(empty, node.disturbed_at, node.silent_until, self.refusing_until) > 15 * MINUTE:
            self.fail("%s was empty for %d s before it left" % (node.name, self.now - empty))
        self.note("%s is gone" % node.name)
        self.leave(node)

    # Instance refresh: so many at a time launch and serve first, then as many old ones leave.
    def begin_roll(self):
        self.template += 1
        self.counts["rolls"] += 1
        self.note("template %d" % self.template)
        # A new template ends the refresh that runs and begins one.
        self.rolling = {"since": self.now, "out": []}
        self.roll_on()

    def roll_on(self):
        if not self.rolling:
            return
        if self.now - self.rolling["since"] > min(LONGEST_ROLL, self.roll_limit + 2 * HOUR * self.most):
            self.fail("the roll takes longer than it may")
        pending = [node for node in self.nodes.values() if node.state == "Pending:Wait"]
        leaving = [node for node in self.rolling["out"] if node.state != "Terminated"]
        if pending or (leaving and self.waits_for_batch):
            return
        serving = self.serving()
        old = [node for node in serving if node.template != self.template]
        if not old:
            self.rolling = None
            self.later(1, self.reconcile)
            return
        extra = (self.numbers["maxHealthy"] - 100) * self.desired // 100
        spare = self.desired * (100 - self.numbers["minHealthy"]) // 100 if self.numbers["minHealthy"] < 100 else 0
        batch = min(len(old), max(1, extra, spare))
        above = len(serving) - self.desired
        if above <= 0 and self.numbers["minHealthy"] >= 100:
            for _ in range(batch - above):
                self.launch()
            return
        allowed = batch if self.numbers["minHealthy"] < 100 else min(batch, above)
        self.rolling["out"] = self.rng.sample(old, allowed)
        for node in self.rolling["out"]:
            self.terminate(node, "old template")
        self.later(1, self.roll_on if self.numbers["minHealthy"] >= 100 else self.relaunch)

    def relaunch(self):
        for _ in range(self.desired - len(self.serving())):
            self.launch()

    # A node's drain program, step by step as drain.sh has them; each yield is the time until the next step.

    def resume(self, node, program, life):
        if node.life != life or node.state == "Terminated":
            return
        pause = next(program, None)
        if pause is not None:
            self.later(pause, self.resume, node, program, life)

    # Whether a call is taken. Without metadata there are no credentials.
    def call(self, node):
        return self.now >= self.refusing_until and self.now >= node.silent_until and node.state == "Terminating:Wait"

    def drain_program(self, node):
        numbers = self.numbers
        while node.request is None:
            if self.now >= node.silent_until:
                node.request = self.now
                if node.first_request is None:
                    node.first_request = self.now
            else:
                yield numbers["poll"]
        next_beat = 0
        while True:
            empty, end = max([0] + node.ends), node.request + self.drain
            if self.now >= empty or self.now >= end or numbers.get("impatient"):
                break
            if self.now >= next_beat:
                next_beat = self.now + (numbers["beat"] if self.heartbeat(node) else numbers["beatAgain"])
            yield max(min(next_beat, empty, end) - self.now, 0) + self.rng.random() * numbers["poll"]
        yield self.rng.uniform(2, 90)
        give_up = self.now + numbers["completeSeconds"]
        while self.now < give_up:
            if self.call(node):
                self.counts["completed"] += 1
                self.ends_machine(node, "it said that it was drained")
                return
            yield numbers["completePause"]
        # A program that fails is started again.
        self.later(numbers["restartSeconds"], self.resume, node, self.drain_program(node), node.life)

    def heartbeat(self, node):
        if not self.call(node):
            return False
        node.hook_until = min(self.now + self.numbers["terminateHeartbeat"], node.hook_closes)
        self.counts["heartbeats"] += 1
        return True


# Numbers and programs that break a promise; each has to be caught.
def variants(numbers):
    return {
        "beats later than the hook ends": {"beat": numbers["terminateHeartbeat"] + 60},
        "leaves no room for a failed heartbeat": {"beat": numbers["terminateHeartbeat"] - 120},
        "tries a refused heartbeat again only at the next one": {"beatAgain": numbers["terminateHeartbeat"] // 2},
        "has a hook shorter than an outage": {"terminateHeartbeat": 1260},
        "lets drains last longer than any hook": {
            "rolls": [dict(roll, drain=49 * HOUR, seconds=LONGEST_ROLL) for roll in numbers["rolls"]]
        },
        "completes although sessions run": {"impatient": True},
        "forgets when it was told to leave": {"forgetsRequest": True},
        "gives up completing": {"completeSeconds": 0},
        "ends old nodes before new ones serve": {"minHealthy": 50},
        "reports a failed boot too late": {"bootLimit": numbers["launchHeartbeat"] + 60},
    }


def one(seed, numbers, tell=None):
    try:
        return Group(seed, numbers, tell).run(), None
    except Broken as broken:
        return collections.Counter(), str(broken)


def first_caught(limit, numbers):
    for seed in range(1, limit + 1):
        _, broken = one(seed, numbers)
        if broken:
            return {"runs": seed, "promise": broken}
    return None


def main(runs, numbers):
    started = time.process_time()
    total, failures = collections.Counter(), []
    for seed in range(1, runs + 1):
        counts, broken = one(seed, numbers)
        total.update(counts)
        if broken:
            failures.append({"seed": seed, "promise": broken})
            print("GROUP_SEED=%d: %s" % (seed, broken), file=sys.stderr)
    seconds = time.process_time() - started
    caught = {name: first_caught(300, dict(numbers, **wrong)) for name, wrong in variants(numbers).items()}
    told = ", ".join("%d %s" % (count, what) for what, count in sorted(total.items()))
    print("%d groups, %d failed, in %.1f s: %s" % (runs, len(failures), seconds, told), file=sys.stderr)
    print(json.dumps({"runs": runs, "failures": failures, "counts": total, "caught": caught}))


if __name__ == "__main__":
    given = json.load(sys.stdin)
    chosen = os.environ.get("GROUP_SEED")
    if chosen:
        tell = lambda line: print(line, file=sys.stderr)  # noqa: E731
        tell(one(int(chosen), given, tell)[1] or "kept every promise")
        print(json.dumps({"runs": 1, "failures": [], "counts": {}, "caught": {}}))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 600, given)
