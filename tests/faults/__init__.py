"""What goes wrong in production, each as a test: short in `make test`, long in `make soak`.

docs/reliability.md is the table of what they print.
"""

import asyncio
import sys

import httpx

MILK = {"todo": "milk"}
HEALTHY_SECONDS = 5


def show(fault: str, figures: str) -> None:
    """Print a row's figures."""
    # Standard error, because a worker of pytest-xdist has no standard output to show.
    sys.stderr.write(f"\n{fault}: {figures}\n")


async def answered(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    """The answer as soon as it is 200, which it is by itself within 5 seconds."""
    async with asyncio.timeout(HEALTHY_SECONDS):
        while True:
            answer = await client.request(method, path, json=MILK)
            if answer.status_code == 200:
                return answer
            await asyncio.sleep(0.02)
