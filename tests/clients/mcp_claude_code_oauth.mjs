// Claude Code where people sign in: `claude mcp login`, which prints the page to open, then `claude
// mcp list`. Its own document would have to be fetched from the vendor, so it is given a client.
import { spawn, spawnSync } from "node:child_process";
import { endsWithUs, home, inFolder, require, url } from "./common.mjs";
import { freePort, pageIn, register, signInAndAllow } from "./sign_in.mjs";

const command = inFolder("node_modules/.bin/claude");
const env = {
  ...process.env,
  ANTHROPIC_API_KEY: "not-a-key",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
};
const options = { cwd: home, env };

function claude(...given) {
  const run = spawnSync(command, given, options);
  require(run.status === 0, `claude ${given[0]} ${given[1]} failed: ${run.stderr}`);
  return String(run.stdout);
}

const port = await freePort();
const client = await register(`http://localhost:${port}/callback`);
const named = ["--client-id", client, "--callback-port", String(port)];
claude("mcp", "add", "--transport", "http", ...named, "todo", url);
const before = claude("mcp", "list");
require(/^todo: .*Needs authentication$/m.test(before), `claude mcp list says ${before}`);

// It wants a terminal, on which the address is one line.
const inTerminal = `stty cols 4000; exec '${command}' mcp login todo --no-browser`;
const login = endsWithUs(spawn("script", ["-qec", inTerminal, "/dev/null"], options));
const ended = new Promise((resolve) => login.on("exit", resolve));
const page = await Promise.race([pageIn(login.stdout, login.stderr), ended]);
require(typeof page === "string", "claude mcp login asks for no page.");
await signInAndAllow(page);
require((await ended) === 0, "claude mcp login failed.");
const after = claude("mcp", "list");
require(/^todo: .*Connected$/m.test(after), `claude mcp list says ${after}`);
