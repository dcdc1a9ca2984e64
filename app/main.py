"""Puts the domain into a plugin server."""

import plugin_server
from plugin_server import Plugin

from .todos import store
from .todos.page import pages
from .todos.routes import todos


class Settings(plugin_server.Settings):
    """The settings of this plugin. All that bears its name takes it from `program`."""

    program = "todo-plugin"


def create_app(settings: plugin_server.Settings | None = None) -> Plugin:
    """The application for these settings; for those of the environment when none are given."""
    plugin = Plugin(__name__, settings or Settings())
    plugin.add(todos, migrations=store.MIGRATIONS, forget={"lists": store.delete_list})
    plugin.add(pages)
    return plugin
