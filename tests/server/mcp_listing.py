"""What tools/list tells of the contract in mode none, whole."""

from typing import Any

from plugin_server import Settings
from plugin_server.documents import Documents
from plugin_server.mcp.tools import tools_of
from tests.running import PROJECT

CONTRACT = Documents(PROJECT, Settings(auth="none")).contract
TOOLS: list[dict[str, Any]] = [dict(tool.listed) for tool in tools_of(CONTRACT).values()]
USERNAME = TOOLS[0]["inputSchema"]["properties"]["username"]
