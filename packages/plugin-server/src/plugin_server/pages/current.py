"""What the application has that pages ask for."""

from typing import cast

from quart import current_app

from ..documents import Document, Documents
from ..settings import Settings


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def documents() -> Documents:
    return cast(Documents, current_app.extensions["documents"])


def logo() -> Document | None:
    """None where the plugin has no logo of its own."""
    return cast(Document | None, current_app.extensions["logo"])
