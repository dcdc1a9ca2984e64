"""The settings that the proxy runs with. Those of a plugin in the same folder, such as its
PLUGIN_BIND and PLUGIN_AUTH in `.env`, are not meant for it.
"""

from typing import Any

from ..settings import ArgumentsAlone, Settings, environment, variable

# What is meant for every server of this person.
TAKEN = ("server", "cors_origins", "log_format", "max_connections", "grace")


class ProxySettings(ArgumentsAlone, Settings):
    program = "plugin-server"


def proxy_settings(bind: str, public_url: str | None) -> Settings:
    """The settings for these options and the variables of TAKEN. Raises ValidationError."""
    given = environment()
    taken: dict[str, Any] = {
        name: given[variable(name)] for name in TAKEN if given.get(variable(name))
    }
    return ProxySettings(auth="none", bind=bind, public_url=public_url, **taken)
