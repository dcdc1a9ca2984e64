#!/bin/sh
# Checks the Caddyfile by Caddy itself, where it is installed: its form, and that it can be loaded.
set -eu
cd "$(dirname "$0")/.."
if ! command -v caddy >/dev/null; then
    echo "Caddyfile: not checked, caddy is not installed"
    exit 0
fi
caddy fmt Caddyfile 2>/dev/null | diff -u Caddyfile -
# Loading it makes the keys of Caddy's own authority.
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
if ! env -u DOMAIN -u CADDY_GLOBAL_OPTIONS XDG_DATA_HOME="$scratch" XDG_CONFIG_HOME="$scratch" \
    caddy validate --adapter caddyfile --config Caddyfile >"$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    exit 1
fi
echo "Caddyfile: valid"
