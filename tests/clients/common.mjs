// What the client scripts in JavaScript share: see common.py.
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

export const [baseUrl, token] = process.argv.slice(2);
export const url = `${baseUrl}/mcp`;
export const headers = token ? { Authorization: `Bearer ${token}` } : {};
export const home = process.env.HOME;
const steps = JSON.parse(readFileSync(new URL("walk.json", import.meta.url), "utf8"));

export const inFolder = (path) => fileURLToPath(new URL(path, import.meta.url));

// A failed client must not leave behind what it started.
export function endsWithUs(child) {
  process.on("exit", () => child.kill());
  return child;
}

// What the host's card on the server's page has to copy, with the token in its place.
export async function onThePage(host) {
  const page = await (await fetch(`${baseUrl}/`)).text();
  const [, copied] = page.match(new RegExp(`<code id="for-${host}">([^<]*)</code>`));
  const signs = { 34: '"', 39: "'", amp: "&", lt: "<", gt: ">" };
  return copied.replace(/&#?(\w+);/g, (_, name) => signs[name]).replace(/\bTOKEN\b/, token ?? "TOKEN");
}

export function require(condition, sentence) {
  if (!condition) {
    console.error(sentence);
    process.exit(1);
  }
}

export function requireTools(names) {
  const found = [...names].sort();
  require(isDeepStrictEqual(found, ["addTodo", "deleteTodo", "getTodos"]), `The tools are ${found}.`);
}

export async function walk(call, username = `Zoë ${randomUUID()}`) {
  for (const [operationId, values, expected] of steps) {
    const answer = await call(operationId, { username, ...values });
    require(
      isDeepStrictEqual(answer, expected),
      `${operationId} with ${JSON.stringify(values)} gave ${JSON.stringify(answer)}.`,
    );
  }
}

export async function stumble(call, username = randomUUID()) {
  const text = await call("addTodo", { username, todo: "Buy milk", revision: 7 });
  require(text?.includes("stale_revision"), `A call with a stale revision tells the model ${text}.`);
}

// Talks JSON-RPC with a program, a line for each message.
export function conversation(program, envelope = {}) {
  const waiting = new Map();
  endsWithUs(program);
  createInterface({ input: program.stdout }).on("line", (line) => {
    const message = JSON.parse(line);
    if (!message.method) waiting.get(message.id)?.(message);
  });
  program.on("exit", (status) => require(false, `The program ended in ${status}.`));

  const tell = (message) =>
    program.stdin.write(`${JSON.stringify({ ...envelope, ...message })}\n`);

  async function ask(method, params) {
    const id = waiting.size + 1;
    tell({ id, method, params });
    const { result, error } = await new Promise((resolve) => waiting.set(id, resolve));
    require(!error, `${method} failed: ${JSON.stringify(error)}`);
    return result;
  }

  function quit() {
    program.removeAllListeners("exit");
    program.kill();
  }

  return { ask, tell, quit };
}

// The walk and the stumble of a client whose callTool() gives the protocol's own results.
export async function walkAndStumble(callTool, username) {
  await walk(async (name, values) => {
    const result = await callTool(name, values);
    require(!result.isError, `${name} is refused: ${JSON.stringify(result)}`);
    return result.structuredContent;
  }, username);
  await stumble(async (name, values) => {
    const result = await callTool(name, values);
    require(result.isError, `A refusal is no error: ${JSON.stringify(result)}`);
    return result.content[0].text;
  }, username);
}
