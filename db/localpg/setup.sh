#!/usr/bin/env bash
# Provides what `make run` and `make test` need from PostgreSQL: a server of
# version 15 or newer with pgvector, btree_gist, pgTAP and plpgsql_check, and
# the test tools pg_prove and pg_isolation_regress; with --tests also a C
# compiler, without which `go test -race` does not build, curl, with which the
# commands of docs/api.md are tried, and PgBouncer, to try the program behind it.
#
# Idempotent, and silent when nothing is missing. The system's own cluster and
# its apt configuration are left alone.
#
#   setup.sh            for running: satisfied by a DATABASE_URL in the environment
#   setup.sh --tests    for testing: the tools are needed in any case
#   setup.sh --check    only says what is missing (exit 1), installs nothing
#
# Whoever is not root is asked before sudo is used; VOXANNE_SETUP=yes answers
# where there is no terminal.
set -euo pipefail

minimum=15
mode=${1:-}
missing=()
pg_config=
work= # a temporary folder
no_main_cluster= # a file that is there during the installation only
no_pooler= # another one

clean_up() {
  if [ -n "$work" ]; then rm -rf "$work"; fi
  if [ -n "$no_main_cluster" ]; then as_root rm -f "$no_main_cluster"; fi
  if [ -n "$no_pooler" ]; then as_root rm -f "$no_pooler"; fi
}
trap clean_up EXIT

say() { printf '%s\n' "$*" >&2; }

# newest_pg_config sets pg_config to that of the newest server on this machine.
newest_pg_config() {
  local candidate major best=0
  pg_config=
  for candidate in "$(command -v pg_config || true)" /usr/lib/postgresql/*/bin/pg_config \
    /opt/homebrew/opt/postgresql@*/bin/pg_config /usr/local/opt/postgresql@*/bin/pg_config; do
    [ -x "$candidate" ] && [ -x "$("$candidate" --bindir)/initdb" ] || continue
    major=$("$candidate" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    if [ "$major" -ge "$minimum" ] && [ "$major" -gt "$best" ]; then
      best=$major pg_config=$candidate
    fi
  done
}

# has_c_compiler tries one, as a compiler without the C library's headers is of no use.
has_c_compiler() { echo '#include <stdlib.h>' | "${CC:-gcc}" -E -x c - >/dev/null 2>&1; }

# has_pgbouncer looks also where Debian keeps it, which only root has in its PATH.
has_pgbouncer() { command -v pgbouncer /usr/sbin/pgbouncer >/dev/null; }

# find_missing fills the list of what is not there.
find_missing() {
  missing=()
  if [ "$mode" = --tests ] && ! has_c_compiler; then missing+=(cc); fi
  if [ "$mode" = --tests ] && ! command -v curl >/dev/null; then missing+=(curl); fi
  if [ "$mode" = --tests ] && ! has_pgbouncer; then missing+=(pgbouncer); fi
  newest_pg_config
  if [ -z "$pg_config" ]; then
    missing+=(postgresql vector btree_gist pgtap plpgsql_check pg_isolation_regress pg_prove)
    return
  fi
  local name
  for name in vector btree_gist pgtap plpgsql_check; do
    [ -f "$("$pg_config" --sharedir)/extension/$name.control" ] || missing+=("$name")
  done
  [ -x "$("$pg_config" --pkglibdir)/pgxs/src/test/isolation/pg_isolation_regress" ] ||
    missing+=(pg_isolation_regress)
  command -v pg_prove >/dev/null || missing+=(pg_prove)
}

# as_root runs a command as root: directly, or through sudo after asking.
agreed=
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
    return
  fi
  [ -n "$agreed" ] || ask_for_sudo
  sudo "$@"
}

# ask_for_sudo returns when sudo may be used, and ends the script otherwise.
ask_for_sudo() {
  local again="make setup" answer
  if [ "$mode" = --tests ]; then again="db/localpg/setup.sh --tests"; fi
  if ! command -v sudo >/dev/null; then
    say "setup: root is needed to install (${missing[*]}), and there is no sudo. Run as root: $again"
    exit 1
  fi
  if [ "${VOXANNE_SETUP:-}" = yes ]; then
    answer=yes
  elif [ -t 0 ]; then
    read -r -p "setup: install ${missing[*]} with sudo? [y/N] " answer
  else
    say "setup: root is needed to install (${missing[*]}). Run: VOXANNE_SETUP=yes $again"
    exit 1
  fi
  case $answer in y | Y | yes) agreed=1 ;; *) say "setup: nothing installed."; exit 1 ;; esac
}

candidate() { apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" { print $2 }'; }

# debian_major prints the major version to use: the installed one, else the distribution's.
debian_major() {
  newest_pg_config
  if [ -n "$pg_config" ]; then
    "$pg_config" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/'
  else
    candidate postgresql | sed -E 's/^([0-9]+).*/\1/'
  fi
}

install_on_debian() {
  say "setup: missing: ${missing[*]}; installing with apt"
  # A third party's source that does not answer need not stop us: what we take is the distribution's.
  as_root apt-get update -qq || say "setup: apt-get update had errors; going on"
  local major
  major=$(debian_major)
  if [ -z "$major" ] || [ "$major" -lt "$minimum" ]; then
    say "setup: this distribution's PostgreSQL is ${major:-absent}; $minimum or newer is needed."
    say "setup: add https://wiki.postgresql.org/wiki/Apt to apt's sources, then run make setup again."
    exit 1
  fi
  local packages=("postgresql-$major" "postgresql-client-$major" "postgresql-server-dev-$major"
    "postgresql-$major-pgtap" "postgresql-$major-plpgsql-check" libtap-parser-sourcehandler-pgtap-perl)
  if [ "$mode" = --tests ]; then packages+=(gcc libc6-dev curl); fi
  local build=
  if [ -n "$(candidate "postgresql-$major-pgvector")" ]; then
    packages+=("postgresql-$major-pgvector")
  else
    build=1
    packages+=(gcc make libc6-dev)
  fi
  keep_main_cluster_away
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2
  if [[ " ${missing[*]} " == *" pgbouncer "* ]]; then install_pooler; fi
  newest_pg_config
  if [ -n "$build" ] && [ ! -f "$("$pg_config" --sharedir)/extension/vector.control" ]; then
    build_pgvector
  fi
}

# keep_main_cluster_away stops a first installation of Debian's server from
# starting a cluster of its own on port 5432, which nobody asked for. The file is
# a drop-in that goes again: createcluster.conf itself belongs to its package,
# and later installations of the owner's behave as they always do. Where
# postgresql-common is there already, the owner has decided.
keep_main_cluster_away() {
  local file=/etc/postgresql-common/createcluster.d/voxanne-setup.conf
  if [ -e /etc/postgresql-common/createcluster.conf ] || [ -e "$file" ]; then return; fi
  as_root mkdir -p "${file%/*}"
  no_main_cluster=$file
  echo "create_main_cluster = false" | as_root tee "$file" >/dev/null
}

# install_pooler adds Debian's PgBouncer without the service that comes with it,
# which nobody asked for: only the program is wanted. The policy forbids nothing
# else and goes again; where there is one, the owner has decided.
install_pooler() {
  local file=/usr/sbin/policy-rc.d
  if [ ! -e "$file" ]; then
    no_pooler=$file
    as_root sh -c "printf '#!/bin/sh\ncase \"\$*\" in *pgbouncer*) exit 101 ;; esac\n' >$file && chmod 755 $file"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer >&2
  as_root update-rc.d pgbouncer disable # also for systemd
}

# debian_mirror prints the address from which this system takes Debian itself.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(ORIGIN)/$(LABEL)' | awk '$2 == "Debian/Debian" && !found++ { print $1 }'
}

# build_pgvector builds Debian trixie's source package for the server at hand:
# Debian 12 has none. The sources, lists and cache belong to this run alone.
build_pgvector() {
  local mirror
  mirror=$(debian_mirror)
  if [ -z "$mirror" ]; then
    say "setup: no package of pgvector here. Build https://github.com/pgvector/pgvector"
    say "setup: with: make && make install PG_CONFIG=$pg_config"
    exit 1
  fi
  say "setup: building pgvector from Debian's source package at $mirror"
  work=$(mktemp -d)
  chmod 755 "$work" # apt downloads as the user _apt
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
  cat >"$work/apt.conf" <<CONF
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "$(id -un)";
CONF
  (
    cd "$work/source"
    APT_CONFIG=$work/apt.conf apt-get update -qq
    APT_CONFIG=$work/apt.conf apt-get source -qq --download-only pgvector
    tar --strip-components=1 -xf pgvector_*.orig.tar.*
    # OPTFLAGS: the library must run on other processors than the builder's.
    make -s OPTFLAGS= PG_CONFIG="$pg_config" with_llvm=no >/dev/null
    as_root make -s OPTFLAGS= PG_CONFIG="$pg_config" with_llvm=no install >/dev/null
  )
}

# install_on_macos was written from Homebrew's documentation and has not been run.
install_on_macos() {
  say "setup: missing: ${missing[*]}; installing with Homebrew (this path has not been tried)"
  command -v brew >/dev/null || { say "setup: install Homebrew from https://brew.sh first."; exit 1; }
  brew install postgresql@17 pgvector pgbouncer
  newest_pg_config
  find_missing
  if [ ${#missing[@]} -gt 0 ]; then
    say "setup: Homebrew does not provide: ${missing[*]}. They are needed by make test only:"
    say "  pgTAP          https://pgtap.org (make && make install PG_CONFIG=$pg_config)"
    say "  pg_prove       cpan TAP::Parser::SourceHandler::pgTAP"
    say "  plpgsql_check  https://github.com/okbob/plpgsql_check (make && make install PG_CONFIG=$pg_config)"
  fi
}

explain_by_hand() {
  say "setup: this system is not known here. Install, and then run make setup again:"
  say "  PostgreSQL $minimum or newer: server, client and development files (pg_isolation_regress is in the latter)"
  say "  its contrib extension btree_gist"
  say "  pgvector        https://github.com/pgvector/pgvector"
  say "  pgTAP           https://pgtap.org"
  say "  pg_prove        Perl module TAP::Parser::SourceHandler::pgTAP"
  say "  plpgsql_check   https://github.com/okbob/plpgsql_check"
  say "  a C compiler with the C library's headers, for go test -race, curl, and PgBouncer"
  say "Missing now: ${missing[*]}"
  exit 1
}

main() {
  if [ -z "$mode" ] && [ -n "${DATABASE_URL:-}" ]; then
    return # a server exists elsewhere; only the tests need tools here
  fi
  find_missing
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$mode" = --check ]; then
    say "setup: missing: ${missing[*]}"
    return 1
  fi
  if command -v apt-get >/dev/null; then
    install_on_debian
  elif [ "$(uname -s)" = Darwin ]; then
    install_on_macos
    return
  else
    explain_by_hand
  fi
  find_missing
  if [ ${#missing[@]} -gt 0 ]; then
    say "setup: still missing after the installation: ${missing[*]}"
    return 1
  fi
  say "setup: done"
}

main
