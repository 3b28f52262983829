# Writes the bundle's settings into OpenVidu's files: whole lines by exact key, values literally, each file replaced at
# once. Prints the names of the keys that changed, so an empty output means that nothing has to be restarted.
# `apply.py check` prints what would change and writes nothing. Exit code 4 and a reason: the change must not be made.
import ipaddress
import os
import sys

from bundle import load, replace_file, tables

MARK = "# openvidu-node"


def read(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


# The file's new text, the keys that change in it, and those of them that had another value before. Without a value a key
# loses the one that it had, and gets no line where it has none: not every release knows every key.
def plan_file(path, values):
    lines, changed, replaced = read(path).split("\n"), [], []
    for key, value in values.items():
        line, found = key + "=" + value, [i for i, old in enumerate(lines) if old.startswith(key + "=")]
        if all(lines[i] == line for i in found) and (found or not value):
            continue
        for i in found:
            lines[i] = line
        if not found:
            lines.insert(len(lines) - (lines[-1] == ""), line)
        changed.append(key)
        replaced += [key] if found else []
    return "\n".join(lines), changed, replaced


# Where Caddy on the masters ends TLS, a master must not leave through the load balancer to reach itself: the balancer
# keeps clients' addresses, and such a connection comes back to its own sender (AWS-A-15).
def plan_hosts(path, domain):
    before = read(path)
    lines = [line for line in before.rstrip("\n").split("\n") if not line.endswith(MARK)]
    if os.environ["ROLE"] == "master" and os.environ["TLS_MODE"] == "node" and not is_address(domain):
        lines.append("%s %s %s" % (os.environ["PRIVATE_IP"], domain, MARK))
    after = "\n".join(lines) + "\n"
    return after, ["hosts"] if after != before else []


def is_address(domain):
    try:
        ipaddress.ip_address(domain)
        return True
    except ValueError:
        return False


# For each file its path, new text, changed keys and mode. A file that the table calls optional belongs to a module that
# may be absent.
def plan(bundle, known):
    files, plans, refused = {}, [], []
    for key, name in known["settings"].items():
        if key in bundle and (bundle[key] or key not in known["skipEmpty"]):
            files.setdefault(name, {})[key] = bundle[key]
    for name, values in files.items():
        path = os.environ["PREFIX"] + "/config/" + name
        if name not in known["optionalFiles"] or os.path.exists(path):
            text, changed, replaced = plan_file(path, values)
            plans.append((path, text, changed, 0o600))
            refused += [key for key in replaced if key in known["fixed"]]
    path = os.environ["ROOT"] + "/etc/hosts"
    plans.append((path, *plan_hosts(path, bundle.get("DOMAIN_NAME", "")), 0o644))
    return plans, refused


# Databases hold these values too, once they have run.
def refuse(keys):
    if keys and os.path.exists(os.environ["PREFIX"] + "/.openvidu-node/initialised"):
        print("nothing applied: the databases keep their %s; put the old value back into the store" % ", ".join(keys))
        sys.exit(4)


def main(check):
    plans, refused = plan(load(), tables())
    refuse(refused)
    for path, text, changed, mode in [] if check else plans:
        if changed:
            replace_file(path, text, os.stat(path), mode)
        elif mode == 0o600 and os.stat(path).st_mode & 0o077:
            os.chmod(path, mode)
    print("\n".join(key for _, _, changed, _ in plans for key in changed))


if __name__ == "__main__":
    try:
        main(sys.argv[1:] == ["check"])
    except OSError as error:
        sys.exit("cannot write %s (%s)" % (error.filename, error.strerror))
