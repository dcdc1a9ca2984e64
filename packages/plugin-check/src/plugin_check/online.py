"""Checks an address."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from urllib.parse import urlsplit

from guarded_fetch import Client, Limits, NetworkAccess

from .domains import host_of
from .gathered import Gathered, report_on
from .installer import CheckOptions, gather
from .report import Report, unseen

SECONDS_BETWEEN_SIGNALS = 0.2

NAMED_USER = "there is a user name in the address: leave it out, and give a credential by itself"


def check_address(
    address: str,
    options: CheckOptions,
    progress: Callable[[str], None] | None,
    network: NetworkAccess | None,
    limits: Limits | None,
) -> Report:
    """The report on an address; see plugin_check.check.

    It runs an event loop in a thread, because the caller's thread may have a running one.
    """
    hosts = tuple(options.hosts)
    if host_of(address) is None:
        return unseen(address, hosts, "not an http or https address")
    if "@" in (netloc := urlsplit(address).netloc):
        # Reports end up in logs, where a password has no place.
        shorn = address.replace(netloc, netloc.rpartition("@")[2], 1)
        return unseen(shorn, hosts, NAMED_USER)

    async def run() -> Gathered:
        async with Client(
            address,
            limits=limits or Limits(),
            network=network,
            agent="plugin-check",
            progress=progress or _no_progress,
        ) as client:
            return await gather(address, client, options)

    future: Future[Gathered] = Future()

    def work() -> None:
        try:
            future.set_result(asyncio.run(run()))
        except BaseException as error:  # noqa: BLE001 - the caller's thread raises it
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    # Waiting without end can miss a Ctrl-C that comes just before it.
    while not wait([future], SECONDS_BETWEEN_SIGNALS).done:
        pass
    return report_on(address, hosts, future.result())


def _no_progress(_: str) -> None:
    pass
