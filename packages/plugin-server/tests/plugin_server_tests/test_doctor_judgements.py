"""What `doctor` thinks of figures that a test cannot bring about."""

from pathlib import Path

from plugin_server.maintenance.machine import judge_memory, judge_space
from plugin_server.storage.postgres_examination import judge_health
from plugin_server.storage.sqlite_examination import judge_version


def test_figures_are_judged(tmp_path: Path) -> None:
    mended = [(3, 51, 3), (3, 50, 7), (3, 44, 6), (3, 53, 0)]
    assert {judge_version(version).level for version in mended} == {"ok"}
    broken = [(3, 51, 2), (3, 50, 6), (3, 45, 0), (3, 40, 1)]
    assert {judge_version(version).level for version in broken} == {"warning"}
    gib = 1 << 30
    spaces = [(2 * gib, gib), (2 * gib, 0), (2 * gib, 2 * gib), (gib - 1, 0), (gib // 32, 0)]
    assert [judge_space(*space).level for space in spaces] == (
        ["ok", "ok", "warning", "warning", "error"]
    )
    limit = tmp_path / "memory.max"
    for text, found in (("max", "not limited"), ("67108864", "limited to 64 MiB")):
        limit.write_text(text)
        assert judge_memory([tmp_path / "nowhere", limit]).found == found
    assert judge_memory([limit]).level == "warning"


def test_postgresqls_answers_are_judged() -> None:
    def levels(*answers: object) -> list[str]:
        found = judge_health(*answers, now=0)  # type: ignore[arg-type]
        return [f"{each.level} {each.what}" for each in found if each.level != "ok"]

    assert levels(16, "UTF8", False, 0.0, 90, 0) == []
    assert levels(14, "UTF8", False, 0.0, 90, 0) == ["warning PostgreSQL"]
    assert levels(16, "SQL_ASCII", False, 0.0, 90, 0) == ["error database"]
    assert levels(16, "UTF8", True, 0.0, 90, 0) == ["error database"]
    assert levels(16, "UTF8", False, 61.0, 90, 0) == ["warning database clock"]
    assert levels(16, "UTF8", False, 0.0, 7, 0) == ["warning database connections"]
    assert levels(16, "UTF8", False, 0.0, 90, 1) == ["error integrity"]
