"""Runs a live sample through the front door."""

from guarded_fetch import Limits, NetworkAccess
from plugin_check import Host, Report, check

from .answering import Behaviour
from .parts import Parts
from .remote import local, remote
from .samples.live import LiveSample

# A server that never answers is known by this time; ours answers in milliseconds.
LIMITS = Limits(seconds_a_request=2)


def checked_live(sample: LiveSample, hosts: tuple[Host, ...]) -> Report:
    """Serve the plugin with the sample's change, and check it there."""
    parts, behaviour = Parts(), Behaviour()
    sample.change(parts, behaviour)
    if sample.local:
        with local(parts, behaviour) as origin:
            return _checked(origin, sample, hosts)
    with remote(parts, behaviour) as network:
        return _checked(sample.source, sample, hosts, network)


def _checked(
    source: str, sample: LiveSample, hosts: tuple[Host, ...], network: NetworkAccess | None = None
) -> Report:
    return check(
        source,
        hosts=hosts,
        probe=sample.probe,
        token=sample.token,
        parameters=sample.parameters,
        network=network,
        limits=LIMITS,
    )
