"""Why a request came to nothing."""

from ..plugin import Trouble


class Stopped(Exception):
    """Ends an exchange. `sentence` is for people, `trouble` is its kind."""

    def __init__(self, trouble: Trouble, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.sentence = sentence
