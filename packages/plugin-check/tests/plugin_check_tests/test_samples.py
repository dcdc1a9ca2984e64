"""Each rule has a sample that breaks it and nothing else; without the sample it is silent."""

import importlib
import pkgutil
from pathlib import Path

import pytest

from plugin_check import HOSTS, Level, Report, check
from plugin_check.advice import ADVICE
from plugin_check.rules import RULES

from . import samples
from .live import checked_live
from .parts import SAMPLES, Parts, Sample
from .samples.live import LIVE_SAMPLES, LiveSample
from .samples.package import packaged

for module in pkgutil.iter_modules(samples.__path__):
    importlib.import_module(f"{samples.__name__}.{module.name}")

# Every rule that the hosts' pages and their users told of, by letter and highest number.
PUBLISHED = {"M": 8, "L": 10, "D": 9 + 1, "T": 12, "S": 10, "A": 5, "G": 6, "K": 18}


# A call that is late is given up long before hosts do; and of an endpoint that asks for a token K14
# tells too. Both have tests elsewhere.
UNSAMPLED = {("T06", Level.ERROR), ("K24", Level.ERROR)}


def assert_taken(report: Report, rule: str, level: Level | None) -> None:
    """That one rule is broken and no other, and that each host takes it as is said."""
    levels = RULES[rule].levels
    assert {finding.rule for finding in report.findings} == {rule}, report.findings
    for finding in report.findings:
        taken = {host: each.level for host, each in finding.judgements.items()}
        assert taken == {host: level or levels[host][0] for host in taken}


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=[f"{each.rule} {each.change.__name__}" for each in SAMPLES]
)
def test_a_sample_breaks_its_rule_and_no_other(sample: Sample, tmp_path: Path) -> None:
    parts = Parts()
    sample.change(parts)
    hosts = RULES[sample.rule].hosts
    report = check(parts.write(tmp_path), origin=parts.origin, hosts=hosts)
    assert_taken(report, sample.rule, sample.level)


@pytest.mark.parametrize(
    "live_sample", LIVE_SAMPLES, ids=[f"{each.rule} {each.name}" for each in LIVE_SAMPLES]
)
def test_a_live_sample_breaks_its_rule_and_no_other(live_sample: LiveSample) -> None:
    report = checked_live(live_sample, RULES[live_sample.rule].hosts)
    assert_taken(report, live_sample.rule, live_sample.level)


def test_a_sound_plugin_breaks_no_rule_from_a_folder(tmp_path: Path) -> None:
    report = check(packaged(Parts()).write(tmp_path), origin=Parts().origin)
    assert report.findings == ()
    assert [verdict.state for verdict in report.verdicts.values()] == ["accepted"] * len(HOSTS)


def test_every_level_of_every_rule_has_a_sample() -> None:
    sampled: dict[str, set[Level | None]] = {}
    taken = [(each.rule, each.level) for each in SAMPLES]
    for rule, level in taken + [(each.rule, each.level) for each in LIVE_SAMPLES]:
        sampled.setdefault(rule, set()).add(level)
    for identifier, each in RULES.items():
        for levels in each.levels.values():
            reached = {level or levels[0] for level in sampled[identifier]}
            wanted = {level for level in levels if (identifier, level) not in UNSAMPLED}
            assert (identifier, reached) == (identifier, wanted)
    assert sampled.keys() == RULES.keys()


def test_every_published_rule_is_checked_or_given_as_advice() -> None:
    published = {
        f"{letter}{number:02}"
        for letter, last in PUBLISHED.items()
        for number in range(1, last + 1)
    }
    assert published <= set(RULES) | set(ADVICE)
    assert not set(RULES) & set(ADVICE)
