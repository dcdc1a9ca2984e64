// The conformance suite's scenarios for authorization servers, against a server where people sign
// in. The suite waits for a browser to come to its callback; the person's browser is sign_in.mjs.
// Its client is public, because the suite prefers "none" where that is offered.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { baseUrl, endsWithUs, home, inFolder, require, url } from "./common.mjs";
import { freePort, pageIn, register, signInAndAllow } from "./sign_in.mjs";

const suite = inFolder("node_modules/@modelcontextprotocol/conformance/dist/index.js");

// How many checks of each scenario succeed, as measured.
const applying = {
  "authorization-server-metadata-endpoint": 2,
  "authorization-code-grant": 1,
};

const port = await freePort();
const clientId = await register(`http://127.0.0.1:${port}/callback`);
const output = mkdtempSync(join(home, "conformance-"));
const given = ["authorization", "--url", baseUrl, "--client-id", clientId, "--resource", url];
const run = endsWithUs(spawn(process.execPath, [suite, ...given, "--port", port, "-o", output]));
const ended = new Promise((resolve) => run.on("exit", resolve));
const page = await Promise.race([pageIn(run.stdout, run.stderr), ended]);
require(typeof page === "string", "The suite asks for no page.");
await signInAndAllow(page);
await ended;

let all = 0;
const told = [];
for (const [scenario, expected] of Object.entries(applying)) {
  const folder = readdirSync(output).find((each) => each.includes(scenario));
  require(folder, `${scenario} did not run.`);
  const checks = JSON.parse(readFileSync(join(output, folder, "checks.json")));
  for (const { id, status, errorMessage } of checks)
    require(status === "SUCCESS", `${scenario}: ${id} ends in ${status}: ${errorMessage}`);
  require(checks.length === expected, `${scenario}: ${checks.length} checks pass, not ${expected}.`);
  all += expected;
  told.push(`${scenario} ${expected}`);
}
console.log(`note: ${all} checks passed in ${told.length} scenarios: ${told.join(", ")}`);

function listed(kind) {
  const { stdout } = spawnSync(process.execPath, [suite, "list", `--${kind}`]);
  return [...String(stdout).matchAll(/^  - (\S+)/gm)].map(([, scenario]) => scenario);
}

const unknown = listed("authorization").filter((scenario) => !(scenario in applying));
require(!unknown.length, `New scenarios, do they apply? ${unknown}`);
const others = listed("client").filter((scenario) => scenario.startsWith("auth/"));
console.log(`note: not applying, as they try a client's sign-in and not a server's: ${others.join(", ")}`);
