#!/usr/bin/env bash
# Runs the tests on a Python of Debian's unstable suite, in a root folder of its own:
#     bash scripts/debian_python.sh 3.14|3.15 [ARGUMENT OF PYTEST...]
# Only root can do that. The folder is .debian/; it is made once, and `make clean` takes it away.
# Exits 69 where something is missing on this machine, else as pytest does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1-} in
    3.14 | 3.15) python=$1 ;;
    *)
        echo "say which Python: 3.14 or 3.15" >&2
        exit 64
        ;;
esac
shift

packages=python3.14-venv,python3.15-venv,make,git,curl,openssl,ca-certificates,procps
# PyYAML has no wheel for 3.15 and is built, with libyaml where that is.
packages+=,python3.15-dev,gcc,libc6-dev,libyaml-dev
# The tests that need these are skipped without them; PostgreSQL's wheel has none for 3.15 either.
packages+=,caddy,faketime,redis-server,postgresql-18
root="$PWD/.debian/unstable"

unavailable() {
    echo "no Python of Debian: $1" >&2
    exit 69
}

[[ $EUID == 0 ]] || unavailable "only root can make and enter a root folder"
for command in debootstrap unshare; do
    command -v "$command" >/dev/null ||
        unavailable "there is no $command (Debian: apt install debootstrap util-linux)"
done

if [[ ! -d $root ]]; then
    # What a killed run has left behind is made anew.
    rm -rf "$root.new"
    mkdir -p .debian
    timeout 1200 debootstrap --variant=minbase --include="$packages" unstable "$root.new" >&2
    mv "$root.new" "$root"
fi

# The package registry is reached from there as from here.
for file in /etc/{resolv.conf,hosts,pip.conf} /etc/ssl/certs/ca-certificates.crt \
    "${SSL_CERT_FILE:-}" "${PIP_CERT:-}" "${REQUESTS_CA_BUNDLE:-}"; do
    if [[ -f $file ]]; then install -D -m 644 "$file" "$root$file"; fi
done
passed=(HOME=/root LANG=C.UTF-8 PATH=/opt/uv/bin:/usr/sbin:/usr/bin:/sbin:/bin
    UV_PYTHON_DOWNLOADS=never PYTHON="/usr/bin/python$python")
while IFS= read -r -d '' variable; do
    if [[ $variable =~ ^((PIP|UV|SSL|REQUESTS)_|[a-zA-Z]+_(proxy|PROXY)=) ]]; then
        passed+=("$variable")
    fi
done < <(env --null)

# The files of this checkout as they are, and only those that git knows or would add.
rm -rf "$root/checkout"
mkdir "$root/checkout"
git ls-files -z --cached --others --exclude-standard |
    tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory "$root/checkout"

# Mounts and processes go with the first process in there, however that one ends.
# shellcheck disable=SC2016  # for the inner shells
exec timeout 7200 unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" sh -ec '
    root="$1"
    shift
    # A place for mounts of its own: some tests mount what has little room.
    mount --rbind "$root" "$root"
    mount --rbind /dev "$root/dev"
    exec env --ignore-environment "$@"' sh "$root" "${passed[@]}" chroot "$root" sh -ec '
    [ -x /opt/uv/bin/uv ] || { "$PYTHON" -m venv /opt/uv && /opt/uv/bin/pip install --quiet uv; }
    cd /checkout
    git init --quiet
    git add --all
    make .venv/test
    .venv/bin/python -VV
    .venv/bin/python -m pytest "$@"' sh "$@"
