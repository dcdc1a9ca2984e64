"""Does a value fit a contract's schema? Asked of another process, which can be stopped."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from .plugin import SourceDocument

CHILD = Path(__file__).with_name("schema_child.py")
SECONDS = 5.0


class Match(NamedTuple):
    """Whether it fits; `pointer` is where in the value it does not, `message` is why.

    The message is the library's and may hold text of the contract and of the value.
    """

    outcome: Literal["fits", "differs", "incomparable"]
    pointer: str = ""
    message: str = ""


def matches(contract: SourceDocument, pairs: Sequence[tuple[Any, Any]]) -> list[Match]:
    """A match for each (schema, value). The schemas' local references lead into `contract`.

    A schema of a few lines can take years to compare (each level tries the next one twice), and
    the library cannot be interrupted: after SECONDS its process is ended, and none is comparable.
    """
    if not pairs:
        return []
    try:
        asked = json.dumps({"contract": contract.value, "pairs": pairs}, default=str)
        found = subprocess.run(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-I", str(CHILD), json.dumps(sys.path)],
            input=asked,
            capture_output=True,
            check=True,
            encoding="ascii",
            timeout=SECONDS,
        )
        return [Match(*each) for each in json.loads(found.stdout)]
    except subprocess.TimeoutExpired:
        message = f"comparing them took more than {SECONDS:g} seconds"
    except (ValueError, TypeError, RecursionError):
        message = "the contract is no JSON, or is nested too deeply"
    except (OSError, subprocess.SubprocessError):
        message = "they could not be compared"
    return [Match("incomparable", "", message)] * len(pairs)
