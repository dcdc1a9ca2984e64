"""Rate limits that are counted in memory."""

from plugin_server.limits.local import KEYS, LocalStorage


async def test_a_flood_of_callers_leaves_a_bounded_number_of_counts() -> None:
    counts = LocalStorage()
    for number in range(KEYS + 10):
        assert await counts.acquire_sliding_window_entry(str(number), 1, 60)
    assert len(counts._windows) == KEYS
    # Who came last is still held back, and who came first was forgotten.
    assert not await counts.acquire_sliding_window_entry(str(KEYS + 9), 1, 60)
    assert await counts.acquire_sliding_window_entry("0", 1, 60)
