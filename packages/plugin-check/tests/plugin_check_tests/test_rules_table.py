"""The table of rules, and the list of what no rule can see."""

import re
from operator import itemgetter
from pathlib import Path

from plugin_check.advice import ADVICE
from plugin_check.report import HOSTS
from plugin_check.rule import SOURCES
from plugin_check.rules import RULES
from plugin_check.show.table import GROUPS, rules_table

RULES_PAGE = Path(__file__).parents[2] / "RULES.md"

TABLE, REST = rules_table().split("\n\n", 1)
first = itemgetter(0)
ROWS = [re.split(r"(?<!\\)\|", line)[1:-1] for line in TABLE.splitlines()]


def test_the_table_has_a_row_for_each_rule() -> None:
    assert {row[0].strip() for row in ROWS[2:]} == set(RULES)
    assert all(len(row) == 7 for row in ROWS)
    for row in ROWS[2:]:
        identifier, *levels, title, shares, sources = (
            cell.strip().replace("\\|", "|") for cell in row
        )
        rule = RULES[identifier]
        assert levels == [", ".join(rule.levels.get(host, ())) for host in HOSTS]
        assert (title, sources) == (rule.title, ", ".join(rule.sources))
        assert shares.count(" %") == len(rule.shares)
        assert all(str(share) in shares for share in rule.shares)


def test_a_rule_that_hosts_take_differently_says_why() -> None:
    reasons = {
        (rule.id, host): reason for rule in RULES.values() for host, reason in rule.reasons.items()
    }
    for (identifier, host), reason in reasons.items():
        level = RULES[identifier].levels[host][0]
        assert f"- {identifier}, {host}: {level}: {reason}\n" in REST
    differing = {rule.id for rule in RULES.values() if len({*map(first, rule.levels.values())}) > 1}
    assert differing == {"S01", "S02", "S03", "S04"} <= {identifier for identifier, _ in reasons}


def test_the_table_is_in_the_order_of_the_groups_and_numbers() -> None:
    identifiers = [row[0].strip() for row in ROWS[2:]]
    assert identifiers == sorted(identifiers, key=lambda each: (GROUPS.index(each[0]), each))


def test_what_no_check_can_see_is_no_rule() -> None:
    assert not set(ADVICE) & set(RULES)
    for identifier, sentence in ADVICE.items():
        assert f"- {identifier}: {sentence}\n" in REST


def test_every_source_of_a_rule_is_explained() -> None:
    named = {source for rule in RULES.values() for source in rule.sources}
    assert named <= set(SOURCES)
    assert all(f"- {source}: {SOURCES[source]}\n" in REST for source in named)


def test_the_table_is_markdown_that_renders_as_it_reads() -> None:
    assert "\n\n\n" not in rules_table()
    assert rules_table().endswith("\n")
    assert re.search(r"<[a-z/!]", rules_table()) is None


def test_the_page_of_the_rules_has_the_table() -> None:
    (copy,) = re.findall(
        r"<!-- rules -->\n(.*?)<!-- end of the rules -->", RULES_PAGE.read_text(), re.DOTALL
    )
    assert copy == rules_table()
