"""The plugin server: a Quart extension that puts an API behind a manifest, a contract and MCP.

A request goes http -> a plugin's routes -> its store -> storage. The names below are all that a
plugin needs; README.md shows each with an example.

__main__       the command `plugin-server`
cli            the command lines
plugin         Plugin: the application, which puts the parts together
settings       every environment variable
errors         every failure, and its one shape
tags           the entity tags of what belongs to somebody
contract       what the contract says for this server alone
contract_operations  its operations, and whether an answer is one that they promise
documents      manifest and contract, with PLUGIN_HOSTNAME and authentication put in
security       how callers authenticate, as the documents say it; the scopes of each operation
wellknown      serves them, the logo, the legal page, /healthz
pages          what people see: the page at /, and what a plugin's own pages are made of
mcp            POST /mcp: each operation of the contract is a tool
http           what arrives is decoded strictly, what leaves has one form
servers        the HTTP servers: sockets, signals, drain, deadlines
auth           who is calling? one file a mode
limits         how often may one caller ask?
storage        SQLite or PostgreSQL behind one interface
storage_failures  what a caller is told when the database cannot do what it should
observability  logs and metrics
maintenance    backup, restore, doctor, forget
proxy          a manifest and a contract in front of an API that exists elsewhere
scaffold       what `plugin-server init` writes: a project that depends on this library
testing        fixtures, and tests of the contract, for plugins
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .auth import Caller, caller, owner
    from .contract import ME
    from .errors import (
        BadRequest,
        Conflict,
        Forbidden,
        NotFound,
        NotWritten,
        Problem,
        StaleRevision,
        Unprocessable,
        json_bytes,
    )
    from .http.answer import State, answer, no_content
    from .http.body import body_or_query, json_body, parameters, query, whole_body
    from .http.conditions import allowed_tags
    from .http.conversation import Conversation, conversation
    from .http.incoming import body_limit
    from .http.models import NULL_IS_A_VALUE, Model, WholeNumber
    from .http.paging import page
    from .pages.answers import html_page, see_other
    from .pages.blueprint import Pages
    from .pages.forms import form
    from .pages.person import signed_in
    from .plugin import Plugin
    from .settings import Settings
    from .storage import Connection, Database
    from .storage.current import database
    from .tags import state_tag

__all__ = [
    "ME",
    "NULL_IS_A_VALUE",
    "BadRequest",
    "Caller",
    "Conflict",
    "Connection",
    "Conversation",
    "Database",
    "Forbidden",
    "Model",
    "NotFound",
    "NotWritten",
    "Pages",
    "Plugin",
    "Problem",
    "Settings",
    "StaleRevision",
    "State",
    "Unprocessable",
    "WholeNumber",
    "allowed_tags",
    "answer",
    "body_limit",
    "body_or_query",
    "caller",
    "conversation",
    "database",
    "form",
    "html_page",
    "json_body",
    "json_bytes",
    "no_content",
    "owner",
    "page",
    "parameters",
    "query",
    "see_other",
    "signed_in",
    "state_tag",
    "whole_body",
]

_MODULES = {
    "auth": (
        "Caller",
        "caller",
        "owner",
    ),
    "contract": ("ME",),
    "errors": (
        "BadRequest",
        "Conflict",
        "Forbidden",
        "NotFound",
        "NotWritten",
        "Problem",
        "StaleRevision",
        "Unprocessable",
        "json_bytes",
    ),
    "http.answer": (
        "State",
        "answer",
        "no_content",
    ),
    "http.body": (
        "body_or_query",
        "json_body",
        "parameters",
        "query",
        "whole_body",
    ),
    "http.conditions": ("allowed_tags",),
    "http.conversation": (
        "Conversation",
        "conversation",
    ),
    "http.incoming": ("body_limit",),
    "http.models": (
        "NULL_IS_A_VALUE",
        "Model",
        "WholeNumber",
    ),
    "http.paging": ("page",),
    "pages.answers": (
        "html_page",
        "see_other",
    ),
    "pages.blueprint": ("Pages",),
    "pages.forms": ("form",),
    "pages.person": ("signed_in",),
    "plugin": ("Plugin",),
    "settings": ("Settings",),
    "storage": (
        "Connection",
        "Database",
    ),
    "storage.current": ("database",),
    "tags": ("state_tag",),
}


def __getattr__(name: str) -> Any:
    """A name of the list above, from its module: the command line imports no more than it needs."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
