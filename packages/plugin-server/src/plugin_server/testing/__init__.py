"""Tests for a plugin, which it need not write.

In pyproject.toml, the module with the plugin's `create_app` and `Settings`:

    [tool.pytest.ini_options]
    plugin = "app.main"
    asyncio_mode = "auto"

In tests/conftest.py:

    pytest_plugins = ["plugin_server.testing.fixtures"]

In tests/test_contract.py:

    from plugin_server.testing.contract import *

fixtures    create_app, database_url, client: a plugin on an empty database of each kind
contract    tests of every operation of openapi.yaml
operations  an operation as requests
answers     each answer that a test gets is held to the contract
samples     values that a schema allows, and values that it does not
postgres    a real PostgreSQL for as long as the tests run; postgres_programs finds one
"""
