"""How many plugins that were accepted break a rule all the same.

Counted over 1,039 manifests that the store of 2023 listed as approved, of which 253 sign in by
OAuth, and over the contracts of 416 of them; and over the 180 packages of OpenAI's own catalogue
(https://github.com/openai/plugins, 3fdeeb4).
"""

from typing import NamedTuple

APPROVED = "approved plugins"
WITH_OAUTH = "approved plugins with OAuth"
CONTRACTS = "contracts of approved plugins"
CATALOGUE = "packages in OpenAI's own catalogue"


class Share(NamedTuple):
    """So many of a hundred; 0 is less than one. `case` is what they do, where the rule has more."""

    percent: int
    of: str = APPROVED
    case: str = ""

    def __str__(self) -> str:
        share = f"{self.percent} %" if self.percent else "less than 1 %"
        return f"{share} of {self.of}"


FEW = Share(0)
