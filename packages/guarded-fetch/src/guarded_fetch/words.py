"""Other people's text in our sentences: quoted, printable and short."""

ELLIPSIS = "…"

# Blank or zero-width, though Unicode counts them as printable.
UNSEEN = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x180F))
) | frozenset(map(chr, (*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def shown(value: object, limit: int = 60) -> str:
    """A value to put into a sentence: strings in double quotes, numbers as they are, objects and
    lists by what they are. Never more than `limit` characters and quotation marks; never raises.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{printable(value, limit, quote=True)}"'
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case int() if value.bit_length() > 64:
            return "a number too large to show"
        case int() | float():
            return repr(value)
        case bytes():
            return f'"{printable(value[: limit + 1].decode("latin-1"), limit, quote=True)}"'
    try:
        return f'"{printable(str(value), limit, quote=True)}"'
    except Exception:  # noqa: BLE001 - whatever a foreign object raises, there is a sentence to finish
        return f"a {type(value).__name__}"


def printable(text: str, limit: int = 60, *, quote: bool = False) -> str:
    """The text without quotation marks, at most `limit` characters; with `quote` fit for them."""
    pieces: list[str] = []
    left = limit
    for position, character in enumerate(text):
        piece = _escaped(character, quote)
        last = position == len(text) - 1
        if len(piece) > left - (0 if last else len(ELLIPSIS)):
            return "".join(pieces) + ELLIPSIS
        pieces.append(piece)
        left -= len(piece)
    return "".join(pieces)


def _escaped(character: str, quote: bool) -> str:
    if quote and character in '"\\':
        return f"\\{character}"
    if character.isprintable() and character not in UNSEEN:
        return character
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"
