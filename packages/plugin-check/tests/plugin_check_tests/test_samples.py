"""Each rule has a sample that breaks it and nothing else; without the sample it is silent."""

import importlib
import pkgutil
from pathlib import Path

import pytest

from plugin_check import HOSTS, check
from plugin_check.advice import ADVICE
from plugin_check.rules import RULES

from . import samples
from .live import checked_live
from .parts import SAMPLES, Change, Parts
from .samples.live import LIVE_SAMPLES, LiveSample

for module in pkgutil.iter_modules(samples.__path__):
    importlib.import_module(f"{samples.__name__}.{module.name}")

# Every rule that the hosts' pages and their users told of, by letter and highest number.
PUBLISHED = {"M": 8, "L": 10, "D": 9 + 1, "T": 12, "S": 10, "A": 5, "G": 6, "K": 18}


def names(rule: str, change: Change) -> str:
    return f"{rule} {change.__name__}"


@pytest.mark.parametrize(("rule", "change"), SAMPLES, ids=[names(*each) for each in SAMPLES])
def test_a_sample_breaks_its_rule_and_no_other(rule: str, change: Change, tmp_path: Path) -> None:
    parts = Parts()
    change(parts)
    report = check(parts.write(tmp_path), origin=parts.origin, hosts=RULES[rule].hosts)
    assert {finding.rule for finding in report.findings} == {rule}, report.findings


@pytest.mark.parametrize(
    "live_sample", LIVE_SAMPLES, ids=[f"{each.rule} {each.name}" for each in LIVE_SAMPLES]
)
def test_a_live_sample_breaks_its_rule_and_no_other(live_sample: LiveSample) -> None:
    report = checked_live(live_sample, RULES[live_sample.rule].hosts)
    assert {finding.rule for finding in report.findings} == {live_sample.rule}, report.findings


def test_a_sound_plugin_breaks_no_rule_from_a_folder(tmp_path: Path) -> None:
    report = check(Parts().write(tmp_path), origin=Parts().origin)
    assert report.findings == ()
    assert [verdict.state for verdict in report.verdicts.values()] == ["accepted"] * len(HOSTS)


def test_every_rule_has_a_sample_and_every_sample_names_a_rule() -> None:
    sampled = {rule for rule, _ in SAMPLES} | {each.rule for each in LIVE_SAMPLES}
    assert sampled == set(RULES)


def test_every_published_rule_is_checked_or_given_as_advice() -> None:
    published = {
        f"{letter}{number:02}"
        for letter, last in PUBLISHED.items()
        for number in range(1, last + 1)
    }
    assert published <= set(RULES) | set(ADVICE)
    assert not set(RULES) & set(ADVICE)
