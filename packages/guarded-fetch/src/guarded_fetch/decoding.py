"""The body of an answer, unpacked as it comes and never beyond its limit."""

import zlib

from .errors import FetchError
from .words import shown

# How much may be unpacked beyond the limit before that is noticed.
STEP = 65_536
GZIP = 16 + zlib.MAX_WBITS
PLAIN = ("", "identity")
KNOWN = (*PLAIN, "gzip", "x-gzip", "deflate")


class Body:
    """Collects a body. `content` never holds more than `limit` bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        self.content = bytearray()
        self._limit = limit
        self._taken = 0
        self._encoding = encoding.strip().lower()
        self._unpacker: zlib._Decompress | None = None

    def add(self, packed: bytes) -> None:
        """Take the next bytes of the body. Raises FetchError at the limit, for an encoding that was
        not asked for, and for what is not in the encoding that it says it is.
        """
        if self._encoding not in KNOWN:
            named = shown(self._encoding)
            raise FetchError(
                "protocol", f"The answer is encoded as {named}; only gzip was asked for."
            )
        # What unpacks to nothing could go on for ever, so what comes in is counted as well.
        self._taken += len(packed)
        if self._encoding in PLAIN:
            self._keep(packed)
        else:
            try:
                self._unpack(packed)
            except zlib.error as error:
                raise self._broken() from error
        if self._taken > self._limit + STEP:
            raise self._too_large()

    def end(self) -> None:
        """Raises FetchError when a packed body ends in the middle."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise self._broken()

    def _unpack(self, packed: bytes) -> None:
        while packed:
            if self._unpacker is None:
                self._unpacker = zlib.decompressobj(self._window(packed[0]))
            elif self._unpacker.eof:
                if not packed.startswith(b"\x1f"):
                    return  # padding, which browsers pass over too
                self._unpacker = zlib.decompressobj(GZIP)
            self._keep(self._unpacker.decompress(packed, STEP))
            packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data

    def _window(self, first: int) -> int:
        if self._encoding != "deflate":
            return GZIP
        # "deflate" means zlib's format, and many servers send it without zlib's header.
        return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS

    def _keep(self, unpacked: bytes) -> None:
        room = self._limit - len(self.content)
        self.content += unpacked[:room]
        if len(unpacked) > room:
            raise self._too_large()

    def _too_large(self) -> FetchError:
        return FetchError("size", f"The answer is larger than {self._limit:,} bytes.")

    def _broken(self) -> FetchError:
        return FetchError("protocol", f"The answer is not the {self._encoding} that it says it is.")
