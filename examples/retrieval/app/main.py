"""Puts the parts into a plugin server."""

from typing import Annotated

from pydantic import AfterValidator, Field

import plugin_server
from plugin_server import Plugin

from . import embeddings, store
from .routes import documents


def _can_embed(wanted: bool) -> bool:
    if wanted and not embeddings.is_installed():
        raise ValueError("the extra `embeddings` is not installed")
    return wanted


class Settings(plugin_server.Settings):
    """Whether meaning counts, beside words."""

    program = "retrieval-plugin"
    embeddings: Annotated[bool, AfterValidator(_can_embed)] = Field(
        False, description="Rank by meaning too; needs the extra `embeddings`."
    )


def create_app(settings: plugin_server.Settings | None = None) -> Plugin:
    """The application for these settings; for those of the environment when none are given."""
    given = settings if isinstance(settings, Settings) else Settings()
    plugin = Plugin(__name__, given)
    plugin.add(documents, migrations=store.MIGRATIONS)
    plugin.extensions["embed"] = embeddings.by_model if given.embeddings else embeddings.nothing
    return plugin
