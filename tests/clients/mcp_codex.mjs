// Codex: `codex mcp add`, as the server's page shows it, and `codex mcp list`, then its app server lists the tools and calls them,
// which needs neither an account nor a model.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { conversation, home, inFolder, onThePage, require, requireTools, token, url, walkAndStumble } from "./common.mjs";

const command = inFolder("node_modules/.bin/codex");
const PATH = `${inFolder("node_modules/.bin")}:${process.env.PATH}`;
const options = { cwd: home, env: { ...process.env, PATH, TODO_TOKEN: token ?? "" } };

function shell(line) {
  const run = spawnSync("sh", ["-c", line], options);
  require(run.status === 0, `${line} failed: ${run.stderr}`);
  return String(run.stdout);
}

shell(await onThePage("codex"));
const list = shell("codex mcp list");
require(list.includes(url), `codex mcp list says ${list}`);

// Without this a thread asks the vendor's service which models there are.
const offline = `
[analytics]
enabled = false
[model_providers.none]
name = "none"
base_url = "http://127.0.0.1:9/v1"
wire_api = "responses"
`;
const given = ["app-server", "-c", 'model_provider="none"'];
appendFileSync(`${home}/.codex/config.toml`, offline);

const server = spawn(command, given, { ...options, stdio: ["pipe", "pipe", "inherit"] });
const { ask, tell, quit } = conversation(server);

const clientInfo = { name: "todo-plugin-clients", title: null, version: "1" };
await ask("initialize", { clientInfo });
tell({ method: "initialized" });
const { data } = await ask("mcpServerStatus/list", {});
const found = data.find((each) => each.name === "todo");
requireTools(Object.keys(found.tools));
const { thread } = await ask("thread/start", { cwd: home });

await walkAndStumble((tool, values) =>
  ask("mcpServer/tool/call", { threadId: thread.id, server: "todo", tool, arguments: values }),
);
quit();
