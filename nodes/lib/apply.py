# Writes the bundle's settings into OpenVidu's files: whole lines by exact key, values literally, each file replaced at
# once. Prints the names of the keys that changed, so an empty output means that nothing has to be restarted.
import ipaddress
import os
import sys

from bundle import load, replace_file, tables

MARK = "# openvidu-node"


# A file that the table calls optional belongs to a module that may be absent.
def apply_file(path, values, optional):
    if optional and not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        before = file.read()
    lines, changed = before.split("\n"), []
    for key, value in values.items():
        line, found = key + "=" + value, [i for i, old in enumerate(lines) if old.startswith(key + "=")]
        if all(lines[i] == line for i in found) and found:
            continue
        for i in found:
            lines[i] = line
        if not found:
            lines.insert(len(lines) - (lines[-1] == ""), line)
        changed.append(key)
    if changed:
        replace_file(path, "\n".join(lines), os.stat(path))
    elif os.stat(path).st_mode & 0o077:
        os.chmod(path, 0o600)
    return changed


# Where Caddy on the masters ends TLS, a master must not leave through the load balancer to reach itself: the balancer
# keeps clients' addresses, and such a connection comes back to its own sender (AWS-A-15).
def apply_hosts(domain):
    path = os.environ["ROOT"] + "/etc/hosts"
    with open(path, newline="") as file:
        before = file.read()
    lines = [line for line in before.rstrip("\n").split("\n") if not line.endswith(MARK)]
    if os.environ["ROLE"] == "master" and os.environ["TLS_MODE"] == "node" and not is_address(domain):
        lines.append("%s %s %s" % (os.environ["PRIVATE_IP"], domain, MARK))
    after = "\n".join(lines) + "\n"
    if after == before:
        return []
    replace_file(path, after, os.stat(path), 0o644)
    return ["hosts"]


def is_address(domain):
    try:
        ipaddress.ip_address(domain)
        return True
    except ValueError:
        return False


def main():
    bundle, known = load(), tables()
    files = {}
    for key, name in known["settings"].items():
        if key in bundle and (bundle[key] or key not in known["skipEmpty"]):
            files.setdefault(name, {})[key] = bundle[key]
    changed = []
    for name, values in files.items():
        path = os.environ["PREFIX"] + "/config/" + name
        changed += apply_file(path, values, name in known["optionalFiles"])
    changed += apply_hosts(bundle.get("DOMAIN_NAME", ""))
    print("\n".join(changed))


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit("cannot write %s (%s)" % (error.filename, error.strerror))
