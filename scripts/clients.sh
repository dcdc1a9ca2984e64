#!/usr/bin/env bash
# Runs released clients against this server, open and with a token, and prints what came of it.
# Each has an environment of its own below .clients/, because they need different versions of the
# same packages. Exits 1 when a client failed or when none could be run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch="$(mktemp -d)"
servers=()
stop() {
    for server in ${servers[@]+"${servers[@]}"}; do
        kill "$server" 2>/dev/null && wait "$server" || true
    done
    rm -rf "$scratch"
}
trap stop EXIT

# start MODE [NAME=VALUE...]: a server with a database of its own; sets $port.
start() {
    local mode="$1" tries
    shift
    port="$(.venv/bin/python -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as free: print(free.getsockname()[1])')"
    env -u PORT PLUGIN_BIND="127.0.0.1:$port" PLUGIN_AUTH="$mode" "$@" \
        PLUGIN_DATABASE_URL="sqlite:///$scratch/$mode.db" \
        .venv/bin/python -m app 2>"$scratch/$mode.log" &
    servers+=("$!")
    for ((tries = 0; tries < 100; tries++)); do
        if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
        kill -0 "$!" 2>/dev/null || break
        sleep 0.2
    done
    echo "the server does not start with PLUGIN_AUTH=$mode:" >&2
    cat "$scratch/$mode.log" >&2
    exit 1
}

# install SCRIPT PACKAGE...: does nothing where $folder already holds just these.
install() {
    local script="$1"
    shift
    [[ "$(cat "$folder/packages" 2>/dev/null)" != "$*" ]] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"
    if [[ $script == *.mjs ]]; then
        timeout 900 npm install --no-audit --no-fund --prefix "$folder" "$@"
    else
        "$python" -m venv "$folder" && timeout 900 "$folder/bin/pip" install "$@"
    fi >"$folder/log" 2>&1 && echo "$*" >"$folder/packages"
}

run() {
    local script="$1"
    shift
    if [[ $script == *.mjs ]]; then
        # Node looks for packages in the folders above the script.
        cp "tests/clients/$script" "$folder/"
        timeout 120 node "$folder/$script" "$@"
    else
        timeout 120 "$folder/bin/python" -W ignore "tests/clients/$script" "$@"
    fi >"$folder/log" 2>&1
}

row() { printf '%-22s | %-7s | %s\n' "$@"; }

reason() {
    local line
    line="$(sed '/^[[:space:]]*$/d' "$folder/log" | tail -n 1 | cut -c 1-200)"
    echo "${line:-it said nothing, or took too long}"
}

# client NAME SCRIPT open|token PACKAGE...: the first package is the client itself.
client() {
    local name="$1" script="$2" reach="$3" result
    shift 3
    folder=".clients/${script%.*}"
    if ! install "$script" "$@"; then
        result="not run: $(reason)"
    elif ! run "$script" "$open"; then
        result="FAILED: $(reason)" failed=1
    elif [[ $reach == open ]]; then
        result='works, where no token is asked for' ran=1
    elif ! run "$script" "$guarded" "$token"; then
        result="FAILED with a token: $(reason)" failed=1
    else
        result='works, with and without a token' ran=1
    fi
    row "$name" "${1##*[=@]}" "$result"
}

# The newest Python that every one of them runs on.
python="$(command -v python3.11 || command -v python3)"
token=a-token-for-the-clients
# By this name, because plugnplai treats it in a way of its own.
start none && open="http://localhost:$port"
start service_http PLUGIN_SERVICE_TOKENS="$token" && guarded="http://localhost:$port"
ran=0 failed=0

row client version result
client openapi-spec-validator validator.py token openapi-spec-validator==0.9.0 httpx==0.28.1
client LangChain langchain_python.py token langchain-community==0.4.2 langchain-core==1.7.2
client 'LangChain JS (reads)' langchain_js.mjs token @langchain/community@1.1.29 @langchain/core@1.4.0
client LlamaIndex llama_index_plugin.py open llama-index-tools-chatgpt-plugin==0.6.0 \
    llama-index-tools-requests==0.7.0 llama-index-core==0.14.25 jsonschema==4.26.0
client 'plugnplai (no DELETE)' plugnplai_plugins.py token plugnplai==0.0.24
client 'Semantic Kernel' semantic_kernel_openapi.py token semantic-kernel==1.45.0 pydantic==2.13.5
client FastMCP fastmcp_openapi.py token fastmcp==4.1.2
row 'Open WebUI' 0.12.4 'not run: its package installs gigabytes'
((ran && !failed))
