"""`plugin-check` in a folder, and what it says of each host in the end."""

import copy
import json
from contextlib import chdir
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from plugin_check.command import check_command

from .parts import CONTRACT

NOTHING = "nothing here for this host"


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of `plugin-check` in a folder."""
    with chdir(folder):
        ran = CliRunner().invoke(check_command(Path(), "the current folder"), words)
    assert ran.stderr == ""
    return ran.exit_code, ran.stdout


def verdicts(plugin: str, actions: str, mcp: str) -> str:
    return (
        f"ChatGPT's plugin installer of 2023  {plugin}\n"
        f"GPT Actions                         {actions}\n"
        f"OpenAI plugins over MCP             {mcp}\n"
    )


def contract(url: str | None, **changes: Any) -> bytes:
    """The sound contract with another server, or with none."""
    value = copy.deepcopy(CONTRACT) | changes
    value["servers"] = [] if url is None else [{"url": url}]
    return json.dumps(value, indent=2).encode()
