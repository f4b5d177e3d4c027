#!/usr/bin/env bash
# Prints the folder of a PostgreSQL 17's programs with all that the tests need: of one that is installed, else of
# Debian 13's packages, unpacked beside the system. Nothing is installed, apt's own settings, lists and cache stay as they
# are, and root is not needed. Debian 12 has PostgreSQL 15 only, and its C library is too old for those programs: they run
# with the loader and the libraries that come with them.
#
#   postgres17.sh             unpacks into /var/tmp/voxanne-postgresql-17-UID
#   VOXANNE_POSTGRES17=DIR    another folder; it must be readable for the user postgres when tests run as root
set -euo pipefail

root=${VOXANNE_POSTGRES17:-/var/tmp/voxanne-postgresql-17-$(id -u)}
extensions=(vector btree_gist fuzzystrmatch pg_trgm pgtap plpgsql_check)

# Their libraries are named one by one: all that they depend on would be twice as much, Perl and a compiler among it.
packages=(
  postgresql-17 postgresql-client-17 postgresql-server-dev-17
  postgresql-17-pgvector postgresql-17-pgtap postgresql-17-plpgsql-check
  libc6 libgcc-s1 libstdc++6 libpq5 libicu76 libssl3t64 libxml2 liblzma5 libxslt1.1 libgcrypt20 libgpg-error0 libzstd1 liblz4-1 zlib1g
  libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libcom-err2 libkeyutils1 libldap2 libsasl2-2 libpam0g libaudit1 libcap-ng0
  libselinux1 libpcre2-8-0 libsystemd0 libcap2 libuuid1 libedit2 libreadline8t64 libtinfo6 libffi8 libbsd0 libmd0 libxxhash0
)

say() { printf '%s\n' "$*" >&2; }

# is_whole says whether a folder of programs has the extensions and the isolation tester beside it.
is_whole() {
  local bin=$1 name
  [ -x "$bin/initdb" ] || return 1
  for name in "${extensions[@]}"; do
    [ -f "$("$bin/pg_config" --sharedir)/extension/$name.control" ] || return 1
  done
  [ -x "$("$bin/pg_config" --pkglibdir)/pgxs/src/test/isolation/pg_isolation_regress" ]
}

# unpack fills a folder with the packages, whose signatures apt checks as ever.
unpack() {
  local into=$1 mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)/$(LABEL)' | awk '$2 == "Debian/Debian" && !found++ { print $1 }')
  [ -n "$mirror" ] || { say "postgres17: no Debian mirror is configured here"; return 1; }
  say "postgres17: unpacking Debian 13's PostgreSQL 17 from $mirror"
  mkdir -p "$into/apt/lists/partial" "$into/apt/cache/archives/partial" "$into/apt/debs"
  : >"$into/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$into/apt/sources.list"
  cat >"$into/apt/apt.conf" <<CONF
Dir::Etc::SourceList "$into/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$into/apt/lists";
Dir::State::Status "$into/apt/status";
Dir::Cache "$into/apt/cache";
APT::Sandbox::User "$(id -un)";
CONF
  (
    export APT_CONFIG=$into/apt/apt.conf
    cd "$into/apt/debs"
    apt-get update -qq
    apt-get download -qq "${packages[@]}"
  ) >&2
  local package
  for package in "$into"/apt/debs/*.deb; do dpkg-deb --extract "$package" "$into"; done
  rm -rf "$into/apt"
}

# wrap puts a script in the place of every program of a folder, which starts it with its own loader and libraries.
wrap() {
  local folder=$1 loader libraries program
  loader=$(echo "$root"/usr/lib64/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.*)
  loader=$(printf '%s\n' $loader | while read -r file; do if [ -x "$file" ]; then echo "$file"; break; fi; done)
  libraries=$(echo "$root"/usr/lib/*-linux-gnu)
  for program in "$folder"/*; do
    [ "$(head -c 4 "$program")" = $'\x7fELF' ] || continue
    mkdir -p "$folder.own"
    mv "$program" "$folder.own/"
    # As if called by its place: PostgreSQL finds its other files from there.
    printf '#!/bin/sh\nexec "%s" --argv0 "$0" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$folder.own/$(basename "$program")" >"$program"
    chmod 755 "$program"
  done
}

main() {
  local bin
  for bin in /usr/lib/postgresql/17/bin /usr/pgsql-17/bin "$root/usr/lib/postgresql/17/bin"; do
    # A folder in /var/tmp that is somebody else's is not run.
    if { [ "${bin#"$root"}" = "$bin" ] || [ -O "$root" ]; } && is_whole "$bin"; then
      echo "$bin"
      return
    fi
  done
  if [ -e "$root" ] && [ ! -O "$root" ]; then say "postgres17: $root belongs to somebody else"; return 1; fi
  command -v dpkg-deb >/dev/null || { say "postgres17: no PostgreSQL 17 here, and no apt: install it with its extensions"; return 1; }
  rm -rf "$root"
  mkdir -m 755 "$root"
  unpack "$root"
  # It needs a compiler's library of 100 MB; where it is not there, PostgreSQL does without.
  rm -f "$root"/usr/lib/postgresql/17/lib/llvmjit*.so
  wrap "$root/usr/lib/postgresql/17/bin"
  wrap "$root/usr/lib/postgresql/17/lib/pgxs/src/test/isolation"
  is_whole "$bin" || { say "postgres17: what was unpacked does not run"; return 1; }
  echo "$bin"
}

main
