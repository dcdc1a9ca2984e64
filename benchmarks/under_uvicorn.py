"""How a reference is served: uvicorn with httptools and uvloop, as ours is, and no access log."""

import sys
from typing import Any

import uvicorn


def serve(app: Any) -> None:
    """Serve an ASGI application on 127.0.0.1, on the port of the command line, until SIGTERM."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        log_level="warning",
        access_log=False,
    )
