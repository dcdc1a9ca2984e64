"""What is said of TLS and certificates."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from guarded_fetch import Client, Limits
from guarded_fetch.answers import Fetch, Hop, Tls
from guarded_fetch.testing.certificates import Certificate, certificates
from guarded_fetch.testing.hostile_servers import (
    PUBLIC,
    Handler,
    MadeUpNetwork,
    answering,
    ok,
    parting,
    redirect,
    request,
    serving,
    silence,
)

URL = "https://plants.test/"


async def ask(
    handler: Handler,
    server: ssl.SSLContext | None,
    authority: str | None,
    url: str = URL,
    *,
    needs_trust: bool = False,
) -> Fetch:
    """Ask a server for its manifest, with a credential."""
    async with serving(handler, server) as port:
        network = MadeUpNetwork({"plants.test": [[PUBLIC]]}, {PUBLIC: port}, authority)
        limits = Limits(seconds_a_request=5)
        async with Client(url, network=network, limits=limits, needs_trust=needs_trust) as client:
            return await client.fetch(
                "manifest", "GET", url, headers={"Authorization": "Bearer key"}
            )


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        ("trusted", Tls("TLSv1.3")),
        ("of a stranger", Tls("TLSv1.3", "The certificate of plants.test is self-signed.")),
        (
            "of another name",
            Tls("TLSv1.3", "The certificate of plants.test is for another host name."),
        ),
        (
            "with old TLS",
            Tls(
                "TLSv1.1",
                "plants.test speaks nothing newer than TLSv1.1, "
                "so its certificate was not checked.",
            ),
        ),
    ],
)
async def test_a_credential_is_only_sent_to_whom_the_certificate_names(
    certificate: Certificate, expected: Tls
) -> None:
    seen: list[str] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request(reader))
        writer.write(ok(b"plants"))

    made = certificates()
    fetch = await ask(handler, made.servers[certificate], made.authority)
    assert (fetch.tls, fetch.body, fetch.failure_kind) == (expected, b"plants", None)
    assert ["host: plants.test\r\n" in each for each in seen] == [True]
    assert ["Bearer key" in each for each in seen] == [expected.failure is None]


@pytest.mark.parametrize(
    ("certificate", "failure"),
    [
        ("of a stranger", "The certificate of plants.test is self-signed."),
        ("of another name", "The certificate of plants.test is for another host name."),
        (
            "with old TLS",
            "plants.test and a strict client agree on no TLS: the connection was closed.",
        ),
    ],
)
async def test_who_needs_trust_does_not_ask_where_there_is_none(
    certificate: Certificate, failure: str
) -> None:
    seen: list[str] = []

    async def handler(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        seen.append(await request(reader))

    made = certificates()
    fetch = await ask(handler, made.servers[certificate], made.authority, needs_trust=True)
    assert (fetch.failure_kind, fetch.failure, fetch.status) == ("tls", failure, None)
    assert seen == []


async def test_the_dot_at_the_end_of_a_name_is_not_in_its_certificate() -> None:
    made = certificates()
    async with serving(answering(ok(b"plants")), made.servers["trusted"]) as port:
        network = MadeUpNetwork({"plants.test.": [[PUBLIC]]}, {PUBLIC: port}, made.authority)
        async with Client(URL, network=network) as client:
            fetch = await client.fetch("manifest", "GET", "https://plants.test./")
    assert (fetch.tls, fetch.body) == (Tls("TLSv1.3"), b"plants")


async def test_an_authority_that_nobody_knows_is_not_trusted() -> None:
    made = certificates()
    fetch = await ask(answering(ok(b"")), made.servers["trusted"], None)
    assert fetch.tls == Tls(
        "TLSv1.3",
        "The certificate of plants.test comes from an authority that nobody knows, "
        "or without the certificates in between.",
    )


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("20200101000000Z", "20200102000000Z", "has expired"),
        ("20900101000000Z", "20900102000000Z", "is not valid yet"),
    ],
)
async def test_a_certificate_has_its_time(
    tmp_path: Path, first: str, last: str, reason: str
) -> None:
    server = dated(tmp_path, first, last)
    fetch = await ask(answering(ok(b"")), server, (tmp_path / "made.pem").read_text())
    assert fetch.tls == Tls("TLSv1.3", f"The certificate of plants.test {reason}.")


def dated(folder: Path, first: str, last: str) -> ssl.SSLContext:
    """A server whose certificate is valid from and to these times, signed by itself."""
    (folder / "settings").write_text(
        "[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = plants.test\n"
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nserial = serial\nnew_certs_dir = .\n"
        "default_md = sha256\npolicy = any\nx509_extensions = server\n[any]\nCN = supplied\n"
        "[server]\nsubjectAltName = DNS:plants.test\n"
    )
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyfile", "made.key", "-in", "made.csr", "-out", "made.pem"]
    dates = ["-startdate", first, "-enddate", last]
    for command in (
        ["req", "-config", "settings", *curve, "-keyout", "made.key", "-out", "made.csr"],
        ["ca", "-config", "settings", "-batch", "-notext", "-selfsign", *files, *dates],
    ):
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "made.pem", folder / "made.key")
    return context


async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers a handshake in plain HTTP."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    ("handler", "reason"), [(plain, "wrong version number"), (parting, "the connection was closed")]
)
async def test_a_server_without_tls_is_told_in_words(handler: Handler, reason: str) -> None:
    fetch = await ask(handler, None, None)
    assert (fetch.failure_kind, fetch.failure, fetch.status, fetch.tls) == (
        "tls",
        f"plants.test port 443 does not speak TLS: {reason}.",
        None,
        None,
    )


async def test_a_handshake_that_never_ends_is_cut() -> None:
    async with serving(silence) as port:
        network = MadeUpNetwork({"plants.test": [[PUBLIC]]}, {PUBLIC: port})
        limits = Limits(seconds_a_request=0.2)
        async with Client(URL, network=network, limits=limits) as client:
            fetch = await client.fetch("manifest", "GET", URL)
    assert fetch.failure_kind == "timeout"


@asynccontextmanager
async def moved(first: Certificate) -> AsyncIterator[MadeUpNetwork]:
    """plants.test with this certificate, moved to www.plants.test with a good one."""
    made = certificates()
    async with (
        serving(answering(redirect("https://www.plants.test/")), made.servers[first]) as old,
        serving(answering(ok(b"plants")), made.servers["trusted"]) as new,
    ):
        names = {"plants.test": [[PUBLIC]], "www.plants.test": [["8.8.8.8"]]}
        yield MadeUpNetwork(names, {PUBLIC: old, "8.8.8.8": new}, made.authority)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("trusted", Tls("TLSv1.3")),
        ("of a stranger", Tls("TLSv1.3", "The certificate of plants.test is self-signed.")),
    ],
)
async def test_a_bad_certificate_on_the_way_is_not_forgotten(
    first: Certificate, expected: Tls
) -> None:
    async with moved(first) as network, Client(URL, network=network) as client:
        fetch = await client.fetch("manifest", "GET", URL)
    assert (fetch.tls, fetch.body) == (expected, b"plants")
    assert fetch.hops == (Hop(URL, "https://www.plants.test/"),)


async def test_a_redirect_away_from_tls_is_for_the_caller_to_judge() -> None:
    made = certificates()
    async with serving(answering(redirect("http://plants.test/")), made.servers["trusted"]) as port:
        network = MadeUpNetwork({"plants.test": [[PUBLIC]]}, {PUBLIC: port}, made.authority)
        async with Client(URL, network=network) as client:
            fetch = await client.fetch(
                "manifest", "GET", URL, may_follow=lambda _, target: f"No: {target}"
            )
    assert fetch.hops == (Hop(URL, "http://plants.test/", "No: http://plants.test/"),)
    assert fetch.tls == Tls("TLSv1.3")
