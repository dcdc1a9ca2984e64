"""The files that pages load: each .css and .js in a templates folder, the plugin's own first."""

import re
from typing import cast

from jinja2 import BaseLoader, TemplateNotFound
from quart import current_app
from werkzeug.exceptions import NotFound

from ..documents import Document, document
from .current import settings

_NAME = re.compile(r"[a-z0-9_-]+\.(css|js)")
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
TAG_CHARACTERS = 12


def file(name: str) -> Document:
    """The file. Raises NotFound for what is none."""
    kept = cast(dict[str, Document], current_app.extensions.setdefault("page_files", {}))
    if name not in kept:
        found = _NAME.fullmatch(name)
        if found is None:
            raise NotFound
        try:
            loader = cast(BaseLoader, current_app.jinja_env.loader)
            text, _, _ = loader.get_source(current_app.jinja_env, name)
        except TemplateNotFound:
            raise NotFound from None
        kept[name] = document(text.encode(), _TYPES[found[1]])
    return kept[name]


def tag_of(found: Document) -> str:
    """What tells one content of a file from another."""
    return found.etag[1 : TAG_CHARACTERS + 1]


def address_of(name: str) -> str:
    """The path of a file, and another one when it changes: so a browser need not ask for it again.
    Raises NotFound for what is no file.
    """
    return f"{settings().public_path}/page/{name}?v={tag_of(file(name))}"
