"""What the environment says. Nothing else reads it.

access      the settings that say where to listen and who may call
oauth       those of mode oauth
variables   all others, and every setting together
values      how a text becomes a value
hosts       what is a host
sources     the environment, .env, secrets in files
report      what a person is told about them
"""

from .report import explain, shown, unknown_variables
from .sources import ArgumentsAlone, environment, variable
from .variables import Settings

__all__ = [
    "ArgumentsAlone",
    "Settings",
    "environment",
    "explain",
    "shown",
    "unknown_variables",
    "variable",
]
