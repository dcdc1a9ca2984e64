"""What `make bench` runs: this service against references, on the machine at hand.

- `__main__`: the whole run; `machine`: the facts above the table; `table`: its rows
- `throughput`, `tools`, `crowd`, `operation`, `callers`, `replicas`, `memory`, `startup`: one
  measure a file, each giving rows
- `servers`: starts a server in a directory of its own, and reads what it uses
- `rounds`: how much, and in which order; `bursts`: one load on one server
- `load`: the process that sends the requests; `tool_calls`: those that call a tool
- `baseline`: the original design of 2023; `fastapi_server`: the same operations as they would be
  written today; `mcp_server`: the same tools on the SDK's own server; `under_uvicorn`: how the
  last two are served

Needs Linux: processor time and memory are read from /proc.
"""
