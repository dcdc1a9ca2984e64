#!/bin/sh
# Installs the project, its packages and the named extras into .venv: by uv and the lock where there
# is uv, by pip where there is not, and by a uv that pip brings where the system's Python has no venv
# (Debian).
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

with_uv() {
    uv=$1
    shift
    arguments=""
    for extra in "$@"; do arguments="$arguments --extra $extra"; done
    # shellcheck disable=SC2086 # each extra is two words
    "$uv" sync --frozen --inexact --all-packages --no-default-groups --python "$python" $arguments
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "todo-plugin needs Python 3.11 or later; name one: make PYTHON=python3.13 ..." >&2
    exit 1
}

if command -v uv >/dev/null; then
    with_uv uv "$@"
elif [ -x .venv/bin/pip ] || "$python" -m venv .venv 2>/dev/null; then
    extras=${*:+[$(echo "$*" | tr ' ' ',')]}
    .venv/bin/pip install --quiet --disable-pip-version-check \
        --editable packages/guarded-fetch --editable packages/plugin-check \
        --editable packages/plugin-server --editable ".$extras"
elif "$python" -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    [ -x .tools/bin/uv ] || "$python" -m pip install --quiet --target .tools uv
    UV_PYTHON_DOWNLOADS=never with_uv .tools/bin/uv "$@"
else
    echo "todo-plugin needs uv, or python3 with venv or pip (Debian: apt install python3-venv)" >&2
    exit 1
fi
