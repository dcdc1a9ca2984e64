"""Passwords, as Argon2 hashes. To make or check one takes a tenth of a second and 64 MiB, which has
no place in a transaction.
"""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# NIST SP 800-63B-4 section 3.1.1.2 asks for 15 where nothing else is asked for; a long one costs
# nothing more, because it is hashed.
SHORTEST = 15
LONGEST = 1_000


def password_fault(password: str) -> str | None:
    """What is wrong with a new password, as a sentence."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"A password has {SHORTEST} to {LONGEST:,} characters."
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        return "A password has no control character, and is UTF-8."
    return None


def hash_password(password: str) -> str:
    """What to keep of it. Keyboards differ in how they write one character, so it is in NFC."""
    return PasswordHasher().hash(_normalized(password))


def is_password(kept: str | None, password: str) -> bool:
    """Whether this is the password of which `kept` is the hash. None means that there is nobody of
    that name, and takes as long.
    """
    # For everybody, so that the first check takes as long whether or not the name is known.
    nobodys = _nobodys()
    try:
        return PasswordHasher().verify(kept or nobodys, _normalized(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _normalized(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash of no password, made as the others are, so that it takes as long to check."""
    return PasswordHasher().hash(b"")
