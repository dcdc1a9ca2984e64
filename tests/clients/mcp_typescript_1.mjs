// The MCP SDK for TypeScript, release line 1: clients that open with initialize.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { headers, requireTools, url, walkAndStumble } from "./common.mjs";

const client = new Client({ name: "todo-plugin-clients", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
requireTools((await client.listTools()).tools.map((tool) => tool.name));
await walkAndStumble((name, values) => client.callTool({ name, arguments: values }));
await client.close();
