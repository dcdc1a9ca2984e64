"""What was changed of a contract, and why."""

from collections.abc import Iterator

PLACES_SHOWN = 3


class Changes:
    """Each kind of change is told once, with the places where it was made."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}

    def note(self, what: str, place: str) -> None:
        """`what` is a sentence without its full stop; `place` is an operation or a schema."""
        places = self._places.setdefault(what, [])
        if place not in places:
            places.append(place)

    def lines(self) -> Iterator[str]:
        """A line for each kind of change."""
        for what, places in self._places.items():
            shown = ", ".join(places[:PLACES_SHOWN])
            more = len(places) - PLACES_SHOWN
            yield f"{what}: {shown}" + (f" and {more} more" if more > 0 else "")
