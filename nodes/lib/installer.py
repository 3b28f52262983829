# Runs the vendor's installer (`installer.py <script>`) with the flags of the table. Credentials are its arguments
# because it takes them no other way; they go to no other command, and its output is cleared of them.
import os
import re
import subprocess
import sys

from bundle import load, tables

# The vendor's script expands its arguments unquoted: these characters would split or change a value.
MANGLED = re.compile(r"[\s*?\[\]]")
SECRET = re.compile(r"PASSWORD|SECRET|KEY|LICENSE")


# A value that the installer would mangle is replaced; apply.py writes the true one before the first start.
def argument(flag, bundle, known):
    kind = flag["kind"]
    if kind == "switch":
        return flag["flag"]
    if kind == "bundle":
        value = bundle[flag["key"]]
        if MANGLED.search(value):
            if flag["key"] not in known["settings"]:
                sys.exit("%s holds a character that the installer cannot take" % flag["key"])
            value = "set-after-install"
    elif kind == "node":
        value = os.environ[{"masterIps": "MASTER_IPS", "privateIp": "PRIVATE_IP"}[flag["fact"]]]
    else:
        value = flag["value"]
    return flag["flag"] + "=" + value


# Runs a program of the vendor and returns its code. What it prints is cleared of the bundle's secrets.
def run(command, bundle, environment=None):
    secrets = [value for key, value in bundle.items() if SECRET.search(key) and len(value) > 5]
    secrets.sort(key=len, reverse=True)
    program = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in program.stdout:
        for secret in secrets:
            line = line.replace(secret, "***")
        print(line, end="", flush=True)
    return program.wait()


def main(script):
    bundle, known = load(), tables()
    sys.exit(run(["sh", script] + [argument(flag, bundle, known) for flag in known["flags"]], bundle))


if __name__ == "__main__":
    main(sys.argv[1])
