"""Requests that two readers may end at different bytes, each with another request right behind it.

What is behind adds "gift" to the list; what is in front adds "milk", if it is made at all.
"""

MILK = b'{"todo":"milk"}'
CHUNKED = b'f\r\n{"todo":"milk"}\r\n0\r\n\r\n'
TE = "Transfer-Encoding: chunked"
CL = "Content-Length: 15"
HEAD = "Host: localhost\r\nContent-Type: application/json\r\n"
BEHIND = f"POST /todos/LIST HTTP/1.1\r\n{HEAD}{CL}\r\n\r\n".encode() + b'{"todo":"gift"}'

# The same, and the last by its own word.
LAST_BEHIND = BEHIND.replace(b"Host", b"Connection: close\r\nHost", 1)


def post(*lines: str, version: str = "1.1") -> bytes:
    """The head; LIST stands where the name of the list goes."""
    text = f"POST /todos/LIST HTTP/{version}\r\n{HEAD}" + "".join(f"{line}\r\n" for line in lines)
    return text.encode("latin-1") + b"\r\n"


def chunked(body: bytes) -> bytes:
    return post(TE) + body


# The two lengths together, one of them or both in disguise.
LENGTHS = [
    *((CL, TE), (TE, CL), (TE, CL, TE), ("Content-Length: 0", TE), (CL, CL, TE), (TE, TE)),
    *((CL, f"Transfer-Encoding:\r\n{fold}chunked") for fold in (" ", "\t", " \r\n ")),
    *((CL, f"Transfer-Encoding: {value}") for value in ("chunked, identity", "identity, chunked")),
    *((CL, f"Transfer-Encoding: {value}") for value in ("identity", "gzip, chunked", "", ",")),
    *((CL, f"Transfer-Encoding: {value}") for value in ("chunked, chunked", "chunked;q=1")),
    *((CL, f"Transfer-Encoding: {value}") for value in ('"chunked"', ",chunked", "chunked,")),
    *((CL, f"Transfer-Encoding: {value}") for value in ("xchunked", "CHUNKED", "chun\rked")),
    *((CL, f"Transfer-Encoding:{space}chunked") for space in ("", "\t", "  ", "\x0b", "\x0c")),
    *((CL, f"Transfer-Encoding: chunked{end}") for end in ("\t", "\x00", "\x0c", "\xa0", "\x85")),
    *((CL, f"Transfer-Encoding{end}: chunked") for end in (" ", "\t", "\x00", "\xff", "\x85")),
    *((CL, f"X: a{end}Transfer-Encoding: chunked") for end in ("\r", "\n", "\n\r", "\r\r\n", "\0")),
    *((CL, line) for line in ("tRANSFER-eNCODING: cHUNKED", "Transfer-Encoding chunked", ": x")),
    ("Transfer-Encoding: identity",),
    ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    ("Transfer-Encoding: identity", "Transfer-Encoding: chunked"),
]
# A length that is no number, or more than one.
NUMBERS = [
    "+15",
    "-15",
    "-0",
    "0xf",
    "1_5",
    "1 5",
    "15.0",
    "1e1",
    "",
    "15,",
    "15;",
    '"15"',
    "15, 16",
]
NUMBERS += ["15\0", "\x0b15", "15\xa0", "\xb2", "\xd9\xa1\xd9\xa5", "1\r\n 5", "15\r", "9" * 21]
# Chunks whose end is not sure.
CHUNKS = [
    *(
        size + b"\r\n" + MILK + b"\r\n0\r\n\r\n"
        for size in (b"0xf", b"+f", b"-f", b" f", b"0_f", b"")
    ),
    *(size + b"\r\n" + MILK + b"\r\n0\r\n\r\n" for size in (b"f;a\nb", b"f\n")),
    *(b"f" + end + MILK + b"\r\n0\r\n\r\n" for end in (b"\n", b"\r", b"\n\r", b"\0")),
    *(b"f\r\n" + MILK + end + b"0\r\n\r\n" for end in (b"\n", b"\r", b"", b"\r\r\n")),
    *(
        b"f\r\n" + MILK + b"\r\n0\r\n" + end
        for end in (b"X y\r\n\r\n", b": y\r\n\r\n", b"X\0: y\r\n\r\n")
    ),
    b"f\r\n" + MILK + b"\r\n0\n\n",
    b'f;a="\r\n"\r\n' + MILK + b"\r\n0\r\n\r\n",
]
LINE = post(CL)
LINES = [
    *(LINE.replace(b" HTTP", end + b"HTTP") for end in (b"\0 ", b"\xff ", b"\t", b"\r ")),
    *(LINE.replace(b"/1.1", version) for version in (b"/1.1 ", b"/1.", b"/01.1", b"/1.10", b"/3")),
    LINE.replace(b"\r\n", b"\r"),
    LINE.replace(b"Host", b" Host", 1),
    b"GET /healthz\r\n\r\n",
]

# Answered once, and the connection ends.
UNSOUND = [
    *(post(*lines) + CHUNKED for lines in LENGTHS),
    *(post(*lines, version="1.0") + CHUNKED for lines in ((CL, TE), (TE, CL))),
    *(post(f"Content-Length: {number}") + MILK for number in NUMBERS),
    *(post(CL, "Content-Length: 16") + MILK, post("Content-Length : 15") + MILK),
    *map(chunked, CHUNKS),
    *(line + MILK for line in LINES),
]
# Odd, and yet every reader of RFC 9112 ends them at the same byte: both are answered.
SOUND = [
    post(CL) + MILK,
    post(TE) + CHUNKED,
    *(post(line) + MILK for line in ("Content-Length: 0015", "Content-Length:\t15\t")),
    *(
        post(line) + CHUNKED
        for line in ("tRANSFER-eNCODING: cHUNKED", "Transfer-Encoding:\tchunked")
    ),
    post(TE, "Trailer: Authorization") + CHUNKED,
    *(
        chunked(size + b"\r\n" + MILK + b"\r\n0" + end)
        for size in (b"f", b"F", b"f;a=b", b"0f;" + b"a" * 1000)
        for end in (b"\r\n\r\n", b"00;x\r\n\r\n")
    ),
    *(
        chunked(b"f\r\n" + MILK + b"\r\n0\r\n" + trailer + b"\r\n\r\n")
        for trailer in (b"X: y", b"Host: a")
    ),
]
# Some servers refuse them, and others do not: whoever reads on ends them at the same byte.
EITHER = [
    *(post(line) + MILK for line in ("Content-Length: 15, 15", "Content-Length:\r\n 15")),
    post(CL, CL) + MILK,
    LINE.replace(b" HTTP", b"  HTTP") + MILK,
    LINE.replace(b"\r\n", b"\n") + MILK,
    *(LINE.replace(b"POST", method) + MILK for method in (b"post", b"Post", b"pOST")),
    *(
        chunked(size + b"\r\n" + MILK + b"\r\n0\r\n" + trailer + b"\r\n")
        for size, trailer in (
            (b"f ", b""),
            (b"0" * 30 + b"f", b""),
            (b"f", b"Content-Length: 500\r\n"),
            (b"f", b"Transfer-Encoding: chunked\r\n"),
        )
    ),
]
# Sound, and the last by its own word: what is behind is no request.
LAST = [
    post(CL, "Connection: close") + MILK,
    post(TE, "Connection: close") + CHUNKED,
    post(CL, version="1.0") + MILK,
    post(TE, version="1.0") + CHUNKED,
    post(CL, "Connection: keep-alive", version="1.0") + MILK,
]
