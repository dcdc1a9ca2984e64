"""What the environment says. Nothing else reads it.

variables   every setting: its name, type, default and meaning
values      how a text becomes a value
hosts       what is a host
sources     the environment, .env, secrets in files
report      what a person is told about them
"""

from .report import explain, shown, unknown_variables
from .sources import environment, variable
from .variables import Settings

__all__ = ["Settings", "environment", "explain", "shown", "unknown_variables", "variable"]
