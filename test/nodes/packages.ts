/** A machine without Docker, whose commands for packages know Docker's repository. */
import type { Machine } from "./machine";

export const dockersKey = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

/** Stubs all of them but gpg; installing makes Docker and Compose report the versions that were installed. */
export function packageCommands(machine: Machine): void {
  machine.write("/etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n');
  machine.stub("dpkg", "echo amd64");
  machine.stub(
    "apt-cache",
    `v=29.5.3; [[ "$2" == docker-ce ]] || v=5.1.4
for version in 99.0.0 "\${v}0" "$v" 1.0.0; do echo " $2 | 5:$version-1~ubuntu.24.04~noble | https://x noble/stable amd64 Packages"; done`,
  );
  machine.stub(
    "apt-get",
    `[[ "$*" == *docker-ce=* ]] && echo 29.5.3 >"$OPENVIDU_NODE_ROOT/engine"
[[ "$*" == *docker-compose-plugin=* ]] && { d="$OPENVIDU_NODE_ROOT/usr/libexec/docker/cli-plugins"; mkdir -p "$d"; printf '#!/bin/sh\\necho v5.1.4\\n' >"$d/docker-compose"; chmod +x "$d/docker-compose"; }
true`,
  );
  machine.stub("docker", 'case "$1" in --version) cat "$OPENVIDU_NODE_ROOT/engine" 2>/dev/null || exit 127 ;; esac');
  machine.environment["PATH"] = `${machine.path("/usr/local/bin")}:${machine.environment["PATH"]}`;
  machine.stub("docker-compose", "exit 127");
}
