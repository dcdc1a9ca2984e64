"""Why a request came to nothing."""

from .answers import FailureKind


class FetchError(Exception):
    """Ends a fetch. `sentence` is for people."""

    def __init__(self, failure_kind: FailureKind, sentence: str) -> None:
        super().__init__(sentence)
        self.failure_kind = failure_kind
        self.sentence = sentence
