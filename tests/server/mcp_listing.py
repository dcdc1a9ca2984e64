"""What tools/list tells of the contract, whole."""

from typing import Any

import yaml

from plugin_server.mcp.tools import tools_of
from tests.running import PROJECT

CONTRACT = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
TOOLS: list[dict[str, Any]] = [dict(tool.listed) for tool in tools_of(CONTRACT).values()]
USERNAME = TOOLS[0]["inputSchema"]["properties"]["username"]
