"""The README's example does what it says."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from guarded_fetch.testing.hostile_servers import answering, ok, serving

README = Path(__file__).parents[2] / "README.md"


async def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    async with serving(answering(ok(b"logo", "Content-Type: image/png"))) as port:
        text = example.replace("https://todo.example.org", f"http://127.0.0.1:{port}")
        names: dict[str, object] = {}
        exec(f"async def run() -> None:\n{indent(text, '    ')}", names)  # noqa: S102 - the README's
        await names["run"]()  # type: ignore[operator] # it is that function
    assert capsys.readouterr().out == "4 bytes of image/png\n"
