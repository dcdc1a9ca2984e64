"""`python -m plugin_check FOLDER`: the report on a folder as JSON, for the server that starts.

Without the command line's own imports, because a start waits for it.
"""

import sys

from . import check
from .show.as_json import to_json

report = check(sys.argv[1], hosts=("plugin", "actions"))
sys.stdout.write(to_json(report))
