// mcp-remote: the bridge by which hosts that only start programs (Claude Desktop's configuration
// file) reach a server that speaks HTTP. The host is played by this script.
import { spawn } from "node:child_process";
import { conversation, headers, inFolder, requireTools, token, url, walkAndStumble } from "./common.mjs";

const command = inFolder("node_modules/.bin/mcp-remote");
// The space is in the variable because some hosts split arguments at spaces.
const header = token ? ["--header", "Authorization:${TODO_AUTHORIZATION}"] : [];
const bridge = spawn(command, [url, "--silent", ...header], {
  env: { ...process.env, TODO_AUTHORIZATION: headers.Authorization ?? "" },
  stdio: ["pipe", "pipe", "inherit"],
});
const { ask, tell, quit } = conversation(bridge, { jsonrpc: "2.0" });

const clientInfo = { name: "todo-plugin-clients", version: "1" };
await ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
tell({ method: "notifications/initialized" });
requireTools((await ask("tools/list", {})).tools.map((tool) => tool.name));
await walkAndStumble((name, values) => ask("tools/call", { name, arguments: values }));
quit();
