// Codex where people sign in: `codex mcp login`, which registers itself and prints the page to open,
// then its app server lists the tools and calls them.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { conversation, endsWithUs, home, inFolder, require, requireTools, url, walkAndStumble } from "./common.mjs";
import { pageIn, signInAndAllow } from "./sign_in.mjs";

const command = inFolder("node_modules/.bin/codex");
const options = { cwd: home, env: process.env };

// There is no keyring here. Without the provider a thread asks the vendor which models there are.
const config = `mcp_oauth_credentials_store = "file"
[analytics]
enabled = false
[mcp_servers.todo]
url = "${url}"
[model_providers.none]
name = "none"
base_url = "http://127.0.0.1:9/v1"
wire_api = "responses"
`;
mkdirSync(`${home}/.codex`);
appendFileSync(`${home}/.codex/config.toml`, config);

// Its own document would have to be fetched from the vendor.
const given = ["mcp", "login", "todo", "--no-browser", "--oauth-client-registration", "dcr"];
const login = endsWithUs(spawn(command, given, { ...options, stdio: "pipe" }));
const ended = new Promise((resolve) => login.on("exit", resolve));
const page = await Promise.race([pageIn(login.stdout, login.stderr), ended]);
require(typeof page === "string", "codex mcp login asks for no page.");
await signInAndAllow(page);
require((await ended) === 0, "codex mcp login failed.");

const list = String(spawnSync(command, ["mcp", "list"], options).stdout);
require(/todo.*OAuth/.test(list), `codex mcp list says ${list}`);

const server = spawn(command, ["app-server", "-c", 'model_provider="none"'], {
  ...options,
  stdio: ["pipe", "pipe", "inherit"],
});
const { ask, tell, quit } = conversation(server);
const clientInfo = { name: "todo-plugin-clients", title: null, version: "1" };
await ask("initialize", { clientInfo });
tell({ method: "initialized" });
const { data } = await ask("mcpServerStatus/list", {});
requireTools(Object.keys(data.find((each) => each.name === "todo").tools));
const { thread } = await ask("thread/start", { cwd: home });

await walkAndStumble(
  (tool, values) =>
    ask("mcpServer/tool/call", { threadId: thread.id, server: "todo", tool, arguments: values }),
  "me",
);
quit();
