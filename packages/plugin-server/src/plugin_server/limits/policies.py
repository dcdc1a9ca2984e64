"""What is counted, and what a caller is told who has to wait."""

from math import floor
from typing import Literal, NamedTuple

from ..errors import TooManyRequests

Name = Literal["rate", "failures"]

# Tokens from one address that are not valid.
FAILURES = "10/minute"

SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


class UnusableStorage(Exception):
    """PLUGIN_RATE_LIMIT_STORAGE names what cannot be used at all; the text says why."""


class Policy(NamedTuple):
    """At most `quota` in `window` seconds."""

    name: Name
    quota: int
    window: int

    def refusal(self, wait: float) -> TooManyRequests:
        """The answer to a caller who may ask again in more than `wait` seconds.

        The headers are those of draft-ietf-httpapi-ratelimit-headers-10.
        """
        seconds = min(max(floor(wait), 0) + 1, self.window)
        told = f"{seconds} second{'s' if seconds > 1 else ''}"
        detail, code = f"Too many requests. Wait {told}, then send this one again.", None
        if self.name == "failures":
            code = "too_many_failures"
            detail = f"Too many invalid tokens. Wait {told}, then send a valid one."
        return TooManyRequests(
            detail,
            retry_after=seconds,
            code=code,
            headers={
                "RateLimit-Policy": f'"{self.name}";q={self.quota};w={self.window}',
                "RateLimit": f'"{self.name}";r=0;t={seconds}',
            },
        )


def policy(name: Name, rate: str) -> Policy:
    """The policy of a rate such as 120/minute."""
    quota, _, unit = rate.partition("/")
    return Policy(name, int(quota), SECONDS[unit])
