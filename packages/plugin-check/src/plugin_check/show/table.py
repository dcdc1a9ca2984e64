"""The rules as a markdown table: what `--rules` prints and RULES.md shows."""

from ..advice import ADVICE
from ..approved import Share
from ..report import HOSTS
from ..rule import SOURCES
from ..rules import RULES

# Manifest, lengths, domains, transport, specification, auth, GPT Actions, packages, probes.
GROUPS = "MLDTSAGKP"


def rules_table() -> str:
    """The table of rules, then what no check can see, then the pages they come from."""
    ordered = [RULES[identifier] for identifier in sorted(RULES, key=_natural)]
    rows = [
        ("id", *HOSTS, "rule", "accepted plugins that break it", "sources"),
        ("---",) * (len(HOSTS) + 4),
        *(
            (
                rule.id,
                *(", ".join(rule.levels.get(host, ("",))) for host in HOSTS),
                rule.title,
                ", ".join(map(_share, rule.shares)),
                ", ".join(rule.sources),
            )
            for rule in ordered
        ),
    ]
    named = {source for rule in ordered for source in rule.sources}
    lines = [
        *(f"| {' | '.join(map(_cell, row))} |" for row in rows),
        "",
        "Where a rule has several levels for a host, its findings say which. Why a host takes it:",
        "",
        *(
            f"- {rule.id}, {host}: {rule.levels[host][0]}: {reason}"
            for rule in ordered
            for host, reason in rule.reasons.items()
        ),
        "",
        "What no check can see:",
        "",
        *(f"- {identifier}: {ADVICE[identifier]}" for identifier in sorted(ADVICE, key=_natural)),
        "",
        "Sources:",
        "",
        *(f"- {name}: {page}" for name, page in SOURCES.items() if name in named),
    ]
    return "\n".join(lines) + "\n"


def _natural(identifier: str) -> tuple[int, int, str]:
    """M2 before M10, groups in the order of GROUPS."""
    digits = "".join(filter(str.isdigit, identifier))
    return GROUPS.find(identifier[0]), int(digits or 0), identifier


def _share(share: Share) -> str:
    return f"{share} ({share.case})" if share.case else str(share)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
