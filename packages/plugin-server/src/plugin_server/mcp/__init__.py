"""MCP: each operation of the contract is a tool of the Model Context Protocol.

routes      POST /mcp: who may come in, and one message in, one answer out
origin_rule  whose pages may call
protocol    the protocol's official SDK, for both of its eras; slow to import, so imported late
failures    what is told of a message that cannot be answered
tools       the tools, as the contract says them
arguments   what a call says, as path, query and body
calls       a tool call becomes a request to our own routes, and its answer a result
"""
