#!/bin/sh
# Installs Debian packages: no question, no service started, and in bounded time.
# usage: apt-install.sh <path of policy-rc.d> <package>...
policy=$1
shift
kept=$policy.before-sotto
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

restore() {
  rm -f "$policy"
  [ ! -e "$kept" ] || mv "$kept" "$policy"
}
trap restore EXIT
trap 'exit 1' HUP INT TERM

# The tests start servers of their own. The line that names us tells our policy from the machine's, should we be killed.
[ ! -e "$policy" ] || grep -q 'tests of Sotto' "$policy" || mv "$policy" "$kept"
printf '#!/bin/sh\n# While programs for the tests of Sotto are installed.\nexit 101\n' >"$policy"
chmod 755 "$policy"

apt() {
  seconds=$1
  shift
  timeout --foreground -k 10 "$seconds" apt-get -q -y -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# A list that cannot be fetched need not be the one that has the packages: the install decides.
apt 180 update
apt 900 install --no-install-recommends "$@"
