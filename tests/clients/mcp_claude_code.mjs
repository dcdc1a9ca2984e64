// Claude Code: `claude mcp add`, as the server's page shows it, and `claude mcp list`, then calls from a session whose model is
// played by this script on loopback, so that no account and no network are needed.
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { endsWithUs, home, inFolder, onThePage, require, requireTools, stumble, walk } from "./common.mjs";

const command = inFolder("node_modules/.bin/claude");
const prefix = "mcp__todo__";

// What the model is to ask for next, and who waits for the answer.
const asked = [];
let wake = () => {};
let seen = 0;
let offered;

const event = (type, rest) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

function speech(block, delta, reason) {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const empty = { id: "message", type: "message", role: "assistant", model: "played", content: [] };
  return [
    event("message_start", { message: { ...empty, stop_reason: null, usage } }),
    event("content_block_start", { index: 0, content_block: block }),
    event("content_block_delta", { index: 0, delta }),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage }),
    event("message_stop", {}),
  ].join("");
}

const say = (text) =>
  speech({ type: "text", text: "" }, { type: "text_delta", text }, "end_turn");

function useTool(name, values) {
  const block = { type: "tool_use", id: `call_${seen}`, name: prefix + name, input: {} };
  const delta = { type: "input_json_delta", partial_json: JSON.stringify(values) };
  return speech(block, delta, "tool_use");
}

function textOf(result) {
  const parts = [result.content].flat();
  return parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
}

async function answerAsModel(request) {
  const tools = (request.tools ?? []).map((tool) => tool.name);
  // Side errands, such as naming the session, come without tools.
  if (!tools.length) return say("todo");
  offered ??= tools.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const parts = request.messages.flatMap((message) => message.content);
  const results = parts.filter((part) => part.type === "tool_result");
  if (results.length > seen) {
    seen = results.length;
    asked.shift().resolve(results.at(-1));
  }
  while (!asked.length) await new Promise((resolve) => (wake = resolve));
  return asked[0].name ? useTool(asked[0].name, asked[0].values) : say("done");
}

const model = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const isTurn = request.method === "POST" && /^\/v1\/messages(\?|$)/.test(request.url);
  response.writeHead(isTurn ? 200 : 404, { "content-type": "text/event-stream" });
  response.end(isTurn ? await answerAsModel(JSON.parse(Buffer.concat(chunks))) : "");
});
await new Promise((resolve) => model.listen(0, "127.0.0.1", resolve));

const options = {
  cwd: home,
  env: {
    ...process.env,
    PATH: `${inFolder("node_modules/.bin")}:${process.env.PATH}`,
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${model.address().port}`,
    ANTHROPIC_API_KEY: "not-a-key",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    ENABLE_TOOL_SEARCH: "false",
  },
};

function shell(line) {
  const run = spawnSync("sh", ["-c", line], options);
  require(run.status === 0, `${line} failed: ${run.stderr}`);
  return String(run.stdout);
}

shell(await onThePage("claude"));
// It ends in 0 whatever it finds.
const list = shell("claude mcp list");
require(/^todo: .*Connected$/m.test(list), `claude mcp list says ${list}`);

const given = ["-p", "go", "--allowedTools", "mcp__todo"];
const stdio = ["ignore", "inherit", "inherit"];
const session = endsWithUs(spawn(command, given, { ...options, stdio }));
session.on("exit", (status) => require(!asked.length, `The session ended early, in ${status}.`));

function ask(name, values) {
  return new Promise((resolve) => {
    asked.push({ name, values, resolve });
    wake();
  });
}

await walk(async (name, values) => {
  const result = await ask(name, values);
  require(!result.is_error, `${name} is refused: ${textOf(result)}`);
  return JSON.parse(textOf(result));
});
await stumble(async (name, values) => {
  const result = await ask(name, values);
  require(result.is_error, `A refusal is no error: ${textOf(result)}`);
  return textOf(result);
});
requireTools(offered);
session.removeAllListeners("exit");
ask(null);
const status = await new Promise((resolve) => session.on("exit", resolve));
require(status === 0, `The session ended in ${status}.`);
model.close();
