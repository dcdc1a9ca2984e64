"""Entity tags of what changes and belongs to somebody (RFC 9110 section 8.8.3)."""

from hashlib import sha256


def state_tag(owner: str, revision: int, representation: bytes) -> str:
    """The tag, without quotation marks: the revision, and a digest of owner and representation.

    A revision alone comes again: with every owner, and after a deletion or a restore. The digest
    is of what is sent, so nobody keeps what is no longer so.
    """
    # JSON holds no NUL, so that no two pairs look the same.
    digest = sha256(owner.encode() + b"\0" + representation).hexdigest()
    return f"{revision}-{digest[:32]}"


def revision_of(tag: str) -> str:
    """The digits of the revision that a tag begins with."""
    return tag.partition("-")[0]
