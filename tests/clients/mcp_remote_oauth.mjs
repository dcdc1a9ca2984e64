// mcp-remote where people sign in: it registers itself, waits for the browser, and calls the tools.
import { spawn } from "node:child_process";
import { conversation, inFolder, requireTools, url, walkAndStumble } from "./common.mjs";
import { pageIn, signInAndAllow } from "./sign_in.mjs";

const command = inFolder("node_modules/.bin/mcp-remote");
const bridge = spawn(command, [url], {
  // It opens what this names, and nothing is to open: it prints the address too.
  env: { ...process.env, BROWSER: "true" },
  stdio: ["pipe", "pipe", "pipe"],
});
const { ask, tell, quit } = conversation(bridge, { jsonrpc: "2.0" });
const clientInfo = { name: "todo-plugin-clients", version: "1" };
const opened = ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
await signInAndAllow(await pageIn(bridge.stderr));
await opened;
tell({ method: "notifications/initialized" });
requireTools((await ask("tools/list", {})).tools.map((tool) => tool.name));
await walkAndStumble((name, values) => ask("tools/call", { name, arguments: values }), "me");
quit();
