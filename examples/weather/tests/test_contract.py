"""Every operation of openapi.yaml, by HTTP and as a tool."""

from plugin_server.testing.contract import *  # noqa: F403
