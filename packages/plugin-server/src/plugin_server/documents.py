"""The manifest and the contract, with PLUGIN_HOSTNAME and the authentication put in.

Both are parsed and dumped once, with a stand-in for the origin in their texts, which decides how
these are quoted. Then an origin takes its place: one of a grammar without a character that JSON or
YAML would read as a mark there, so that a Host header cannot change anything but a URL.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import yaml

from .contract import as_served, for_mode
from .security import HOSTNAME, manifest_auth, scope_texts, secure

if TYPE_CHECKING:
    from .settings import Settings

ORIGINS_KEPT = 64
# What an origin can have: a scheme, a name or an address, a port; and the path of a public address.
ORIGIN = re.compile(r"https?://[a-z0-9_.:\[\]-]+(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
# It looks like an origin with everything in it that could matter to a quoting rule, and no document
# holds it: names of members keep what they have.
STAND_IN = f"https://[{secrets.token_hex(16)}]"
DEPTH = 100  # levels of objects and lists; what renders a document calls itself for each

# What the legal page tells of the manifest.
SHOWN = ("name_for_human", "contact_email")

Name = Literal["ai-plugin.json", "openapi.yaml", "openapi.json"]


class Document(NamedTuple):
    """Bytes to serve. `etag` is strong, with its quotation marks."""

    content: bytes
    content_type: str
    etag: str


class _Template(NamedTuple):
    """A document's bytes, and between each two of its pieces the place of the origin."""

    pieces: list[bytes]
    content_type: str

    @classmethod
    def of(cls, content: bytes, content_type: str) -> "_Template":
        return cls(content.split(STAND_IN.encode()), content_type)


class InvalidDocument(ValueError):
    """A document that cannot be read, or lacks what the server needs; the message names the file,
    and line and column where they are known.
    """


def documents_folder(package: Path) -> Path:
    """Where manifest, contract and logo of the package in this folder are: beside it in a checkout,
    in it when it is installed.
    """
    return package.parent if (package.parent / "ai-plugin.json").is_file() else package


class Documents:
    """The documents in `folder`. Raises InvalidDocument.

    `mode` is how callers authenticate: the settings' mode, or `issuer` where people sign in at
    another server. `scopes` are those of mode oauth, each with what it allows as a sentence.
    """

    def __init__(self, folder: Path, settings: "Settings") -> None:
        is_elsewhere = settings.mode == "oauth" and settings.oauth_issuer is not None
        self.mode: str = "issuer" if is_elsewhere else settings.mode
        manifest = read_manifest(folder / "ai-plugin.json")
        contract = for_mode(read_contract(folder / "openapi.yaml"), settings.mode)
        try:
            self.scopes = scope_texts(contract)
            manifest["auth"] = manifest_auth(settings, contract)
            secure(contract, settings)
        except ValueError as error:
            raise InvalidDocument(f"openapi.yaml: {error}") from None
        self._keep(manifest, contract)

    def _keep(self, manifest: dict[str, Any], contract: dict[str, Any]) -> None:
        """Serve these, in which PLUGIN_HOSTNAME stands for the origin."""
        self.manifest, self.contract = manifest, contract
        manifest, contract = _put_in(manifest, STAND_IN), _put_in(as_served(contract), STAND_IN)
        self._templates: dict[Name, _Template] = {
            "ai-plugin.json": _Template.of(_dump_json(manifest), "application/json"),
            "openapi.yaml": _Template.of(dump_yaml(contract), "application/yaml"),
            "openapi.json": _Template.of(_dump_json(contract), "application/json"),
        }
        self._render = lru_cache(maxsize=len(self._templates) * ORIGINS_KEPT)(self._render_anew)

    @property
    def has_logo(self) -> bool:
        """Whether the manifest says that the logo is here: a plugin's own may be elsewhere."""
        return HOSTNAME in str(self.manifest.get("logo_url", ""))

    def render(self, name: Name, origin: str) -> Document:
        """The document for callers who reached us under `origin`. Raises ValueError for none."""
        return self._render(name, origin)

    def _render_anew(self, name: Name, origin: str) -> Document:
        if not ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin")
        template = self._templates[name]
        return document(origin.encode().join(template.pieces), template.content_type)


def read_manifest(file: Path) -> dict[str, Any]:
    """The manifest in `file`. Raises InvalidDocument."""
    manifest = _read(file, json.loads)
    for name in SHOWN:
        if not isinstance(manifest.get(name), str):
            raise InvalidDocument(f"{file.name}: {name} is missing")
    return manifest


def read_contract(file: Path) -> dict[str, Any]:
    """The contract in `file`, which is YAML, and so JSON too. Raises InvalidDocument."""
    contract = _read(file, load_yaml)
    if not isinstance(contract.get("info"), dict):
        raise InvalidDocument(f"{file.name}: info must hold an object")
    if not isinstance(contract.get("components", {}), dict):
        raise InvalidDocument(f"{file.name}: components must hold an object")
    return contract


def read_logo(folder: Path) -> Document:
    """The logo in `folder`. Raises InvalidDocument."""
    try:
        return document((folder / "logo.png").read_bytes(), "image/png")
    except OSError as error:
        raise InvalidDocument(f"logo.png: cannot be read: {error.strerror}") from None


def document(content: bytes, content_type: str) -> Document:
    """The bytes, with a tag made of them."""
    return Document(content, content_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _put_in(value: Any, origin: str) -> Any:
    if isinstance(value, str):
        return value.replace(HOSTNAME, origin)
    if isinstance(value, list):
        return [_put_in(each, origin) for each in value]
    if isinstance(value, dict):
        return {name: _put_in(each, origin) for name, each in value.items()}
    return value


def _read(file: Path, parse: Callable[[str], Any]) -> dict[str, Any]:
    try:
        parsed = parse(file.read_text("utf-8"))
    except OSError as error:
        raise InvalidDocument(f"{file.name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidDocument(f"{file.name}: is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidDocument(f"{file.name}:{error.lineno}:{error.colno}: {error.msg}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise InvalidDocument(f"{file.name}{place}: {error.problem}") from None
    except yaml.YAMLError:
        raise InvalidDocument(f"{file.name}: has a character that YAML does not allow") from None
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(f"{file.name}: cannot be read: {error}") from None
    _require_json(file.name, parsed)
    if not isinstance(parsed, dict):
        raise InvalidDocument(f"{file.name}: must hold an object")
    return parsed


def _require_json(name: str, parsed: Any) -> None:
    """Raise InvalidDocument for what JSON cannot say: YAML has dates, and values in themselves."""
    if _is_deeper(parsed, DEPTH):
        raise InvalidDocument(f"{name}: is nested more than {DEPTH} levels deep")
    try:
        json.dumps(parsed, allow_nan=False)
    except TypeError:
        raise InvalidDocument(
            f"{name}: cannot be written as JSON: put dates into quotation marks"
        ) from None
    except ValueError as error:
        raise InvalidDocument(f"{name}: cannot be written as JSON: {error}") from None


def _is_deeper(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in value)


def load_yaml(text: str) -> Any:
    """What the text holds. Raises yaml.YAMLError, and ValueError for what is no date."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe; C is ten times faster


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc] # chosen at run time
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        # Several hosts read YAML with parsers that know no aliases.
        return True


def dump_yaml(value: Any) -> bytes:
    """As YAML without aliases."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text.encode()


def _dump_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
