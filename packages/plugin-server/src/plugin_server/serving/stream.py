"""The bytes of one connection, as they go over the wire."""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Self

# In the smallest chunks, so much of a body keeps the server busy for some 10 ms.
READ_BYTES = 4096


class Stream:
    """A connection without TLS."""

    is_encrypted = False

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        # What is drained has left, and what has not left is waited for.
        writer.transport.set_write_buffer_limits(0)

    @classmethod
    async def accepted(cls, connection: socket.socket) -> Self:
        """The stream of an accepted connection. Raises OSError."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection)
        return cls(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    async def open(self) -> None:
        """What comes before the first byte of HTTP. Raises OSError."""

    async def read(self) -> bytes:
        """What has come; nothing, when nothing more will."""
        try:
            return await self._reader.read(READ_BYTES)
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        """Send, or keep what cannot be sent yet."""
        if not self.is_closing:
            self._writer.write(data)

    async def drain(self) -> None:
        """Wait until all has left. Raises OSError when the connection ends before."""
        await self._writer.drain()

    @property
    def is_unsent(self) -> bool:
        """Whether something that was written has not left."""
        return self._writer.transport.get_write_buffer_size() > 0

    @property
    def is_closing(self) -> bool:
        return self._writer.transport.is_closing()

    def end(self) -> None:
        """Say that nothing more comes, and go on reading."""
        if not self.is_closing:
            self._writer.write_eof()

    def close(self) -> None:
        """End the connection after what was written has left."""
        self._writer.close()

    async def closed(self) -> None:
        """Wait for the end. Raises OSError when not everything has left."""
        await self._writer.wait_closed()

    def abort(self) -> None:
        """End the connection now."""
        self._writer.transport.abort()

    def address(self, end: str) -> tuple[str, int]:
        """Address and port of an end: peername or sockname."""
        # uvloop knows none when the caller has left already.
        host, port = (self._writer.get_extra_info(end) or ("", 0))[:2]
        return host, port


class TlsStream(Stream):
    """A connection with TLS.

    asyncio's own TLS hides how much of an answer has not left yet, and waits for the other side's
    farewell; so that callers are treated alike with TLS and without, only OpenSSL is used here.
    """

    is_encrypted = True

    def encrypt(self, context: ssl.SSLContext) -> Self:
        """Use this context; before `open`."""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        return self

    async def open(self) -> None:
        """The handshake."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._receive()
            else:
                return
            finally:
                # An alert says why it failed.
                self._flush()

    async def read(self) -> bytes:
        while True:
            try:
                data = self._tls.read(READ_BYTES)
            except ssl.SSLWantReadError:
                try:
                    await self._receive()
                except OSError:
                    return b""
            except ssl.SSLError:
                return b""
            else:
                return data

    def write(self, data: bytes) -> None:
        try:
            self._tls.write(data)
        except ssl.SSLError:
            # What cannot be read can neither be written to: `read` has found the connection broken.
            self.abort()
        self._flush()

    def end(self) -> None:
        self._say_farewell()
        super().end()

    def close(self) -> None:
        # RFC 8446 section 6.1: the other side's farewell need not be waited for.
        self._say_farewell()
        super().close()

    async def _receive(self) -> None:
        self._flush()
        # Else one who only ever asks for new keys would fill the memory.
        await self._writer.drain()
        data = await self._reader.read(READ_BYTES)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            super().write(data)

    def _say_farewell(self) -> None:
        # It may be said already, or nobody be there to say it to.
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush()
