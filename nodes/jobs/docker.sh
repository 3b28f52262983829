#!/usr/bin/env bash
# Docker Engine and Compose at the versions that OpenVidu's release is made for, or later ones that the image has, from
# Docker's signed package repository. Then the vendor's bootstrap neither downloads them unchecked nor stops at an old one.
set -Eeuo pipefail
# shellcheck source=nodes/lib/common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
load_settings
# An upgrade gives the versions of the release that it goes to.
DOCKER_VERSION="${1:-$DOCKER_VERSION}" DOCKER_COMPOSE_VERSION="${2:-$DOCKER_COMPOSE_VERSION}"
FINGERPRINT=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
REPOSITORY="${OPENVIDU_NODE_DOCKER_REPOSITORY:-https://download.docker.com/linux}"
KEYRING="$ROOT/etc/apt/keyrings/openvidu-docker.asc"
LIST="$ROOT/etc/apt/sources.list.d/openvidu-docker.list"
PLUGINS=("$ROOT"/usr/{libexec,lib,local/lib}/docker/cli-plugins/docker-compose)
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

version_in() { if [[ "$1" =~ [0-9]+\.[0-9]+\.[0-9]+ ]]; then printf '%s' "${BASH_REMATCH[0]}"; fi; }
at_least() { [[ -n "$1" ]] && printf '%s\n%s\n' "${2#v}" "$1" | sort -V -C; }
installed() { version_in "$("$@" --version 2>/dev/null || true)"; }

have_all() {
  at_least "$(installed docker)" "$DOCKER_VERSION" && at_least "$(installed docker-compose)" "$DOCKER_COMPOSE_VERSION"
}

# The vendor's bootstrap looks for the stand-alone command; the plugin is the same program.
link_compose() {
  local plugin
  if at_least "$(installed docker-compose)" "$DOCKER_COMPOSE_VERSION"; then return 0; fi
  for plugin in "${PLUGINS[@]}"; do
    if at_least "$(installed "$plugin")" "$DOCKER_COMPOSE_VERSION"; then
      ln -sfn "$plugin" "$ROOT/usr/local/bin/docker-compose"
      return 0
    fi
  done
}

# A freshly started machine updates itself: wait for its lock, then read fresh lists before installing anything.
prepare_apt() {
  printf 'DPkg::Lock::Timeout "600";\nAcquire::Retries "5";\n' | write_file 0644 "$ROOT/etc/apt/apt.conf.d/99openvidu-node"
  # After a boot that was cut short in the middle of an installation apt refuses everything until this has been done.
  until_ok 600 10 dpkg --force-confold --configure -a || fail "interrupted package installations could not be finished"
  until_ok 300 10 apt-get update -qq || fail "package lists could not be read within 300 s"
  apt-get install -y -qq --no-install-recommends ca-certificates curl gpg
}

release_field() { sed -n "s/^$1=//p" "$ROOT/etc/os-release" | tr -d '"'; }

add_repository() {
  local id codename key found other
  id="$(release_field ID)"
  codename="$(release_field VERSION_CODENAME)"
  key="$(mktemp "$RUN_DIR/key.XXXXXX")"
  until_ok 120 5 curl -fsS --proto "${PROTOCOLS:-=https}" --max-time "${OPENVIDU_NODE_HTTP_SECONDS:-30}" -o "$key" "$REPOSITORY/$id/gpg" ||
    fail "the key of Docker's package repository could not be fetched"
  # Exactly one primary key, and it is Docker's: a file with more keys would let others sign as well.
  found="$(gpg --batch --with-colons --show-keys "$key" | awk -F: '$1 == "pub" { p = 1 } $1 == "fpr" && p { print $10; p = 0 }')"
  [[ "$found" == "$FINGERPRINT" ]] || fail "the key of Docker's package repository is not the known one"
  write_file 0644 "$KEYRING" <"$key"
  rm -f "$key"
  # An image may know the repository already; two entries with different keys would stop apt.
  while read -r other; do
    mv -f "$other" "$other.disabled"
  done < <(grep -rlF --include='*.list' --include='*.sources' download.docker.com "$ROOT/etc/apt/sources.list.d" 2>/dev/null)
  printf 'deb [arch=%s signed-by=%s] %s/%s %s stable\n' \
    "$(dpkg --print-architecture)" "$KEYRING" "$REPOSITORY" "$id" "$codename" |
    write_file 0644 "$LIST"
  # Only this list, and strictly: by itself apt-get takes a list that it could not fetch for a success.
  until_ok 300 10 apt-get update -qq -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=0 \
    -o Dir::Etc::sourcelist="$LIST" -o Dir::Etc::sourceparts=- || fail "Docker's package lists could not be read within 300 s"
}

# candidate <package> <version>: the repository's full name of it, such as 5:29.5.3-1~ubuntu.24.04~noble.
candidate() {
  local name
  name="$(apt-cache madison "$1" | awk -v want="${2#v}-" '{ v = $3; sub(/^[0-9]+:/, "", v) } index(v, want) == 1 && !found { print $3; found = 1 }')"
  [[ -n "$name" ]] || fail "Docker's package repository has no $1 $2"
  printf '%s=%s' "$1" "$name"
}

install_packages() {
  local packages=() engine compose
  if ! at_least "$(installed docker)" "$DOCKER_VERSION"; then
    engine="$(candidate docker-ce "$DOCKER_VERSION")"
    packages+=("$engine" "docker-ce-cli=${engine#*=}" containerd.io)
  fi
  if ! at_least "$(installed docker-compose)" "$DOCKER_COMPOSE_VERSION"; then
    compose="$(candidate docker-compose-plugin "$DOCKER_COMPOSE_VERSION")"
    packages+=("$compose")
  fi
  if ((${#packages[@]} > 0)); then
    # An image may have changed a config file of a package (GPU images do for containerd): nobody is there to be asked.
    apt-get install -y -qq --no-install-recommends --allow-downgrades --allow-change-held-packages \
      -o DPkg::Options::=--force-confold "${packages[@]}"
  fi
  link_compose
}

if [[ -n "${HTTPS_PROXY:-}" ]]; then
  # A percent sign begins a specifier there.
  printf '[Service]\nEnvironment="HTTP_PROXY=%s" "HTTPS_PROXY=%s" "NO_PROXY=%s"\n' \
    "${HTTP_PROXY:-$HTTPS_PROXY}" "$HTTPS_PROXY" "${NO_PROXY:-}" | sed 's/%/%%/g' |
    write_file 0644 "$ROOT/etc/systemd/system/docker.service.d/openvidu-proxy.conf"
  systemctl daemon-reload
fi
link_compose
if have_all; then
  log skipped "the image has Docker $(installed docker)"
else
  prepare_apt
  add_repository
  install_packages
  have_all || fail "Docker $DOCKER_VERSION and Compose $DOCKER_COMPOSE_VERSION are not what was installed"
fi
systemctl enable --now docker
until_ok 60 2 ask_docker info >/dev/null 2>&1 || fail "Docker does not answer within 60 s"
