"""The verb `serve`."""

import gc
import os
import signal

import click

from .program import Program


def serve_command(program: Program) -> click.Command:
    """The command."""

    @click.command("serve")
    def serve() -> None:
        """Answer requests until SIGTERM or Ctrl-C."""
        _serve(program)

    return serve


def _serve(program: Program) -> None:
    # Importing makes much and drops nothing; `servers` turns the collector on again.
    gc.disable()
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        # Who renews a certificate does not wait until the server can hear of it.
        signal.signal(signal.SIGHUP, lambda *_: None)
    # Else pydantic asks every installed distribution whether it has a plugin for it.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from .. import servers, storage
    from ..observability import logs
    from ..settings.files import UnusableFile

    settings = program.settings(logs.configure)

    app = program.plugin(settings)
    try:
        servers.run(app, settings)
    except (UnusableFile, servers.UnusableServer) as error:
        program.fail(str(error), 2)
    except OSError as error:
        # asyncio makes errors up; a name that does not resolve has a number below 0.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        program.fail(f"cannot listen on {error.filename or settings.address}: {reason}", 1)
    except (storage.DatabaseUnavailable, ModuleNotFoundError) as error:
        program.fail(f"the database cannot be used: {error}", 1)
