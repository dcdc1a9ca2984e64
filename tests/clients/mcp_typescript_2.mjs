// The MCP SDK for TypeScript, release line 2: each era of the protocol and its automatic mode.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { headers, require, requireTools, url, walkAndStumble } from "./common.mjs";

const modes = [
  ["legacy", "2025-11-25"],
  [{ pin: "2026-07-28" }, "2026-07-28"],
  ["auto", "2026-07-28"],
];
for (const [mode, version] of modes) {
  const options = { versionNegotiation: { mode } };
  const client = new Client({ name: "todo-plugin-clients", version: "1" }, options);
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport);
  const spoken = client.getNegotiatedProtocolVersion();
  require(spoken === version, `In mode ${JSON.stringify(mode)} the two agree on ${spoken}.`);
  requireTools((await client.listTools()).tools.map((tool) => tool.name));
  await walkAndStumble((name, values) => client.callTool({ name, arguments: values }));
  await client.close();
}
