"""The text of an answer that passes: as much of it as a host would take."""

import codecs
import zlib

# Hosts refuse an answer with more (https://developers.openai.com/api/docs/actions/production).
CHARACTERS = 100_000
GZIP = 16 + zlib.MAX_WBITS


class Reading:
    """Is fed the parts of a body in turn."""

    def __init__(self, content_encoding: str) -> None:
        self._unzip = (
            zlib.decompressobj(GZIP) if content_encoding.strip().lower() == "gzip" else None
        )
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._length = 0

    @property
    def is_long(self) -> bool:
        return self._length > CHARACTERS

    @property
    def text(self) -> str:
        """What came, at most a little more than CHARACTERS."""
        return "".join(self._parts)

    def feed(self, part: bytes) -> None:
        if self.is_long:
            return
        if self._unzip is not None:
            # A character has up to four bytes. A little that is compressed can be a lot.
            try:
                part = self._unzip.decompress(part, 4 * CHARACTERS + 1)
            except zlib.error:
                part = b""
        text = self._decoder.decode(part)
        self._parts.append(text)
        self._length += len(text)
