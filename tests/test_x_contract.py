from plugin_server.testing.contract import *  # noqa: F403
