"""A password is kept as a hash, and nobody learns by a clock whose it is."""

from time import perf_counter

import pytest

from plugin_server.auth.oauth.passwords import hash_password, is_password, password_fault

PASSWORD = "four words that nobody guesses"


def test_only_the_password_is_it() -> None:
    kept = hash_password(PASSWORD)
    assert is_password(kept, PASSWORD)
    for other in ("", PASSWORD[:-1], f"{PASSWORD} ", PASSWORD.title(), "x" * 100_000):
        assert not is_password(kept, other)
    assert hash_password(PASSWORD) != kept
    assert PASSWORD not in kept


def test_one_character_is_the_same_in_each_spelling() -> None:
    assert is_password(hash_password("Zoe\u0308 and twelve more"), "Zo\u00eb and twelve more")


def test_nobody_has_a_password() -> None:
    for password in ("", PASSWORD):
        assert not is_password(None, password)
    for kept in ("", "x", PASSWORD, "$argon2id$v=19$m=65536,t=3,p=4$broken"):
        assert not is_password(kept, PASSWORD)


def test_a_name_that_is_unknown_takes_as_long() -> None:
    kept = hash_password(PASSWORD)

    def seconds(known: str | None) -> float:
        begin = perf_counter()
        assert not is_password(known, "a wrong one")
        return perf_counter() - begin

    seconds(None)
    pairs = [(seconds(kept), seconds(None)) for _ in range(4)]
    # The shortest of several was interrupted least.
    known, unknown = (min(each) for each in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2
    assert min(known, unknown) > 0.005


@pytest.mark.parametrize("password", ["x" * 15, "x" * 1000, "é" * 15, "a sentence, with a mark!"])
def test_a_long_one_will_do(password: str) -> None:
    assert password_fault(password) is None


@pytest.mark.parametrize("password", ["", "x" * 14, "x" * 1001, "\ud800" * 15, "x\n" * 15])
def test_a_short_one_and_one_that_cannot_be_typed_will_not(password: str) -> None:
    assert password_fault(password) is not None
