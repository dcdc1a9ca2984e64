"""The command `plugin-check`, or `python -m plugin_check`."""

import sys
from pathlib import Path

from .command import check_command
from .package.command import package_command

EPILOG = """plugin-check package DIRECTORY writes the package for OpenAI's directory; see
plugin-check package --help. A folder of that name is given as ./package."""


def main() -> None:
    """Run the verb that the first word names, else a check: its first word may be anything."""
    words = sys.argv[1:]
    if words[:1] == [package_command.name]:
        package_command.main(words[1:], prog_name="plugin-check package")
    check_command(Path(), "the current folder", EPILOG).main(words, prog_name="plugin-check")


if __name__ == "__main__":
    main()
