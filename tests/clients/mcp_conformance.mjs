// The protocol's own conformance suite: its scenarios for servers that need no fixtures, such as
// prescribed tools. The number of checks is held to what was measured, because some scenarios pass
// against a closed port. It can send no header, so only an open server can be tried.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { home, inFolder, require, requireTools, url } from "./common.mjs";

const folder = inFolder("node_modules/@modelcontextprotocol/conformance");
const { version } = JSON.parse(readFileSync(join(folder, "package.json")));

// By release and revision of the protocol: how many checks of each scenario succeed.
const applying = {
  0.1: {
    "2025-11-25": {
      "server-initialize": 1,
      ping: 1,
      "tools-list": 1,
      "dns-rebinding-protection": 2,
    },
  },
  0.2: {
    "2025-11-25": {
      "server-initialize": 2,
      ping: 2,
      "tools-list": 3,
      "dns-rebinding-protection": 2,
    },
    "2026-07-28": {
      "server-stateless": 21,
      "tools-list": 4,
      "dns-rebinding-protection": 2,
      caching: 4,
      "http-header-validation": 14,
      "server-sse-multiple-streams": 1,
      "input-required-result-unsupported-methods": 2,
    },
  },
}[version.slice(0, 3)];

// Checks that only a fixture could pass, in scenarios that apply otherwise.
const excused = new Map([
  ["sep-2575-server-rejects-undeclared-capability", "a tool that asks for sampling"],
  ["sep-2575-missing-capability-http-400", "a tool that asks for sampling"],
  ["sep-2575-http-server-no-independent-requests-on-stream", "a tool that streams"],
  ["sep-2575-server-no-log-without-loglevel", "a tool that logs"],
  ["sep-2549-prompts-list-caching-hints", "prompts"],
  ["sep-2549-resources-list-caching-hints", "resources"],
  ["sep-2549-resources-templates-list-caching-hints", "resources"],
]);

// The first pattern that fits a scenario tells why it does not apply.
const reasons = [
  [/^(tools-call-|json-schema-|elicitation-)/, "needs the suite's own tools"],
  [/^http-custom-header/, "needs a tool that declares headers"],
  [/^input-required-result-/, "needs the suite's own tools, which ask the client"],
  [/^(resources-|sep-2164-)/, "needs resources"],
  [/^(prompts-|completion-)/, "needs prompts"],
  [/^logging-/, "needs logging"],
  [/^server-(sse-|session-)/, "says nothing about single JSON answers without a session"],
];

function conformance(...given) {
  const run = spawnSync(process.execPath, [join(folder, "dist/index.js"), ...given]);
  return [run.status, String(run.stdout) + String(run.stderr)];
}

function checksOf(scenario, revision) {
  const output = mkdtempSync(join(home, "conformance-"));
  const chosen = ["--scenario", scenario, "--spec-version", revision];
  const [, text] = conformance("server", "--url", url, ...chosen, "-o", output);
  const [results] = readdirSync(output);
  require(results, `${scenario} in ${revision} did not run: ${text}`);
  return JSON.parse(readFileSync(join(output, results, "checks.json")));
}

function excusedIn(scenario, revision, expected) {
  const checks = checksOf(scenario, revision);
  for (const { id, status, errorMessage } of checks) {
    const isBad = ["FAILURE", "WARNING"].includes(status) && !excused.has(id);
    require(!isBad, `${scenario} in ${revision}: ${id} ends in ${status}: ${errorMessage}`);
  }
  const passed = checks.filter((check) => check.status === "SUCCESS").length;
  require(passed === expected, `${scenario} in ${revision}: ${passed} checks pass, not ${expected}.`);
  const failed = checks.filter((check) => check.status === "FAILURE");
  return failed.map(({ id }) => `${id} (${excused.get(id)})`);
}

function tellOthers(revision) {
  const [, listed] = conformance("list", "--server", "--spec-version", revision);
  const others = new Map();
  for (const [, scenario] of listed.matchAll(/^  - (\S+)/gm)) {
    if (scenario in applying[revision]) continue;
    const reason = reasons.find(([pattern]) => pattern.test(scenario))?.[1];
    require(reason, `${scenario} in ${revision} is new: does it apply?`);
    others.set(reason, [...(others.get(reason) ?? []), scenario]);
  }
  for (const [reason, scenarios] of others)
    console.log(`note: ${revision}, not applying, ${reason}: ${scenarios.join(", ")}`);
}

const answer = await fetch(url, {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
  body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
});
requireTools((await answer.json()).result.tools.map((tool) => tool.name));

require(applying, `The checks of release ${version} have not been counted yet.`);
for (const [revision, scenarios] of Object.entries(applying)) {
  let all = 0;
  const told = [];
  const needing = [];
  for (const [scenario, expected] of Object.entries(scenarios)) {
    needing.push(...excusedIn(scenario, revision, expected));
    all += expected;
    told.push(`${scenario} ${expected}`);
  }
  console.log(`note: ${revision}: ${all} checks passed in ${told.length} scenarios: ${told.join(", ")}`);
  if (needing.length) console.log(`note: ${revision}, not applying in these, as they need what is in brackets: ${needing.join(", ")}`);
  tellOthers(revision);
}
