#!/bin/sh
# Runs the README's commands, or the command given, in a bare Debian: debootstrap's minimal one with this machine's Node,
# npm and certificates, its settings of npm and apt, and this checkout. As root, and by hand:
#   scripts/bare-root.sh [--suite <name>] [--no-node] [--debian-node] [--no-certificates] [<command>]
# The bare Debian stays in $TMPDIR/sotto-bare-<suite> for the next time; each run works in a copy of it.
set -eu

suite=bookworm node=host certificates=host
while [ $# -gt 0 ]; do
  case $1 in
    --suite) suite=$2; shift ;;
    --no-node) node=none ;;
    --debian-node) node=debian ;;
    --no-certificates) certificates=none ;;
    *) break ;;
  esac
  shift
done
command=${*:-npm ci && npm run demo && npm ci && npm test}

project=$(cd "$(dirname "$0")/.." && pwd)
base=${TMPDIR:-/tmp}/sotto-bare-$suite
root=$base-$$
certs=/etc/ssl/certs/ca-certificates.crt

if [ ! -d "$base" ]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
  debootstrap --variant=minbase "$suite" "$base.new" "$mirror"
  mv "$base.new" "$base"
fi
trap 'rm -rf --one-file-system "$root"' EXIT
cp -a "$base" "$root"

# What this machine needs to reach anything at all.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp -r /etc/apt/auth.conf.d "$root/etc/apt/"
apt-config dump | grep -E '^Acquire::(https?::|Check-)' >"$root/etc/apt/apt.conf.d/99host" || true
extra=
if [ "$certificates" = host ]; then
  extra=${NODE_EXTRA_CA_CERTS:-}
  for file in "$certs" $extra; do
    [ -e "$root$file" ] || install -D -m 644 "$file" "$root$file"
  done
  # A package of certificates that is installed later makes the first anew, of what lies here too.
  install -D -m 644 "$certs" "$root/usr/local/share/ca-certificates/host.crt"
fi
for kind in globalconfig userconfig; do
  file=$(npm config get $kind --no-workspaces)
  [ ! -f "$file" ] || install -D -m 600 "$file" "$root$file"
done

case $node in
  host)
    npm=$(npm root --global)/npm
    install -D "$(readlink -f "$(command -v node)")" "$root/usr/bin/node"
    mkdir -p "$root$npm"
    cp -a "$npm/." "$root$npm/"
    ln -s "$npm/bin/npm-cli.js" "$root/usr/bin/npm"
    ln -s "$npm/bin/npx-cli.js" "$root/usr/bin/npx"
    ;;
  debian)
    command="apt-get -qq update && apt-get -qq -y install --no-install-recommends nodejs npm >/dev/null 2>&1; $command"
    ;;
esac

# The checkout, with what is not committed yet, and the specifications that may lie beside it.
mkdir "$root/root/sotto"
(cd "$project" && git ls-files -z --cached --others --exclude-standard | tar --null -T - -c) | tar -x -C "$root/root/sotto"
[ ! -d "$project/../shared" ] || cp -rL "$project/../shared" "$root/root/"

# The mounts and whatever was started end with the namespace.
unshare --mount --pid --fork --kill-child sh -eu -c '
  root=$1 command=$2 extra=$3
  # A root that is a mount of its own, so that the tests can make namespaces in it.
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
    ${extra:+"NODE_EXTRA_CA_CERTS=$extra"} \
    sh -c "cd /root/sotto && $command"
' sh "$root" "$command" "$extra"
