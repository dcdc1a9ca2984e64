// The MCP inspector's command line: lists and calls in each era, its strict checks on.
import { spawnSync } from "node:child_process";
import { headers, inFolder, require, requireTools, url, walkAndStumble } from "./common.mjs";

const command = inFolder("node_modules/.bin/mcp-inspector");
const header = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
// What it ends in when the tool's result is an error.
const refused = 5;

function inspect(era, method, ...rest) {
  // --stored-auth-only: a 401 must end the command, not open a browser.
  const fixed = ["--cli", url, "--protocol-era", era, ...header, "-q", "--stored-auth-only"];
  const run = spawnSync(command, [...fixed, "--format", "json", "--method", method, ...rest]);
  require(
    [0, refused].includes(run.status),
    `${method} in era ${era} ended in ${run.status}: ${run.stderr} ${run.stdout}`,
  );
  const { result } = JSON.parse(run.stdout);
  require((run.status === refused) === Boolean(result.isError), `${method} ended in ${run.status}.`);
  return result;
}

for (const era of ["legacy", "modern", "auto"]) {
  const listed = inspect(era, "tools/list", "--strict");
  requireTools(listed.tools.map((tool) => tool.name));
  await walkAndStumble((name, values) => {
    const given = ["--tool-name", name, "--tool-args-json", JSON.stringify(values)];
    return inspect(era, "tools/call", ...given);
  });
}
