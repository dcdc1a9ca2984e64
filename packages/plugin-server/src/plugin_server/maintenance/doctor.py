"""Is all well? One line a check. It changes nothing, and the server may run meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..settings import Settings
from ..storage.examination import examine
from ..storage.finding import Finding
from . import configuration, machine
from .certificate import certificate

Check = Callable[[Settings], Iterable[Finding]]


def findings(settings: Settings, migrations: list[Path]) -> Iterator[Finding]:
    """What each check says. One that fails is an error of its own, without the reason's text."""

    def database(settings: Settings) -> Iterator[Finding]:
        return examine(settings.database, migrations)

    checks: dict[str, Check] = {
        "settings": configuration.variables,
        "access": configuration.access,
        "encryption": configuration.encryption,
        "certificate": certificate,
        "allowed networks": configuration.networks,
        "rate limit storage": configuration.rate_limit_storage,
        "database": database,
        "files": machine.files,
        "disk": machine.disk,
        "clock": machine.clock,
        "open files": machine.open_files,
        "memory": machine.memory,
    }
    for what, check in checks.items():
        try:
            yield from check(settings)
        except Exception as error:  # noqa: BLE001 - the other checks must still be made
            yield Finding("error", what, f"could not be checked ({type(error).__name__})")
