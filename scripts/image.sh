#!/usr/bin/env bash
# Builds the container image, named $IMAGE (default todo-plugin), and prints one line: the command
# that holds it and its name. Exits 69 where nothing on this machine can build an image.
#
# Without a running engine, root's buildah builds it; where that cannot pull the base, on a Debian
# from debootstrap that stands in for it: good for trying, not for shipping.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

image="${IMAGE:-todo-plugin}"
stand_in=localhost/todo-plugin-base:trixie
version="$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)"
revision="$(git describe --always --dirty --abbrev=40 --exclude '*' 2>/dev/null || true)"
options=(
    --tag "$image"
    --label "org.opencontainers.image.version=$version"
    --label "org.opencontainers.image.revision=$revision"
)
if [[ -r "${SSL_CERT_FILE:-}" ]]; then
    options+=(--secret "id=certificates,src=$SSL_CERT_FILE")
fi

unavailable() {
    echo "no image: $1" >&2
    exit 69
}

make_stand_in() {
    local container root
    command -v debootstrap >/dev/null || unavailable "no base, and no debootstrap"
    container="$("${engine[@]}" from scratch)"
    # shellcheck disable=SC2064  # the name is wanted as it is now
    trap "${engine[*]} rm $container >&2" EXIT
    root="$("${engine[@]}" mount "$container")"
    debootstrap --variant=minbase --include=python3,python3-venv trixie "$root" >&2
    ln -s /usr/bin/python3 "$root/usr/local/bin/python"
    # As in the real base, pip is there and may change the system's packages.
    # shellcheck disable=SC2016  # for the inner shell
    chroot "$root" sh -ec '
        rm /usr/lib/python3*/EXTERNALLY-MANAGED
        wheel="$(echo /usr/share/python-wheels/pip-*.whl)"
        python "$wheel/pip" install --no-index --root-user-action=ignore "$wheel"' >&2
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
    "${engine[@]}" config \
        --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    "${engine[@]}" commit "$container" "$stand_in" >&2
}

if docker info >/dev/null 2>&1; then
    engine=(docker)
    docker build "${options[@]}" . >&2
elif podman info >/dev/null 2>&1; then
    engine=(podman)
    # The OCI format has no HEALTHCHECK.
    podman build --format docker "${options[@]}" . >&2
elif [[ $EUID == 0 ]] && command -v buildah >/dev/null; then
    engine=(buildah --storage-driver vfs)
    # One build at a time: two would both make the stand-in.
    exec {lock}<scripts/image.sh
    flock "$lock"
    base="$(sed -n 's/^ARG BASE=//p' Dockerfile)"
    if ! "${engine[@]}" pull --policy missing "$base" >/dev/null; then
        base="$stand_in"
        "${engine[@]}" inspect --type image "$base" >/dev/null 2>&1 || make_stand_in
    fi
    # Rebuilt, the former image would stay behind without a name.
    "${engine[@]}" rmi "$image" >/dev/null 2>&1 || true
    "${engine[@]}" build --format docker --isolation chroot --pull-never \
        --build-arg "BASE=$base" "${options[@]}" . >&2
else
    unavailable "neither docker nor podman runs here, and there is no buildah run by root"
fi
echo "${engine[@]}" "$image"
