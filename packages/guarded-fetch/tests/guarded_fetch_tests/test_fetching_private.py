"""A public plugin leads into no private network."""

import pytest

from guarded_fetch import Client
from guarded_fetch.answers import Hop
from guarded_fetch.testing.hostile_servers import (
    NAMES,
    PUBLIC,
    START,
    MadeUpNetwork,
    answering,
    ok,
    plants,
    redirect,
    serving,
)


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("http://127.0.0.1/", "127.0.0.1 is"),
        ("http://[::1]/", "::1 is"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1 is"),
        ("http://[64:ff9b::a9fe:a9fe]/", "64:ff9b::a9fe:a9fe is"),
        ("http://[fd00:ec2::254]/", "fd00:ec2::254 is"),
        ("http://2130706433/", "2130706433 has the address 127.0.0.1, which is"),
        ("http://0x7f.1/", "0x7f.1 has the address 127.0.0.1, which is"),
        ("http://0177.1/", "0177.1 has the address 127.0.0.1, which is"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is"),
        ("http://localhost:5432/", "localhost has the address 127.0.0.1, which is"),
        ("http://inside.test/", "inside.test has the address 10.0.0.1, which is"),
        ("https://both.test/", "both.test has the address 10.0.0.1, which is"),
    ],
)
async def test_a_public_plugin_leads_to_no_private_address(location: str, address: str) -> None:
    why = f"{address} not a public address: nothing public leads there."
    async with plants(redirect(location), ok(b"never")) as (client, network, _):
        led = await client.fetch("manifest", "GET", START)
        named = await client.fetch("logo", "GET", location)
    assert (led.url, led.status, led.failure_kind, led.failure) == (START, 302, "address", why)
    assert led.hops == (Hop(START, location, why),)
    assert (named.url, named.status, named.failure_kind, named.failure) == (
        location,
        None,
        "address",
        why,
    )
    assert network.reached == [PUBLIC]


async def test_an_address_in_capital_letters_is_the_same() -> None:
    network = MadeUpNetwork({}, {})
    async with Client("http://[::FFFF:A00:1]/", network=network) as client:
        fetch = await client.fetch("manifest", "GET", "HTTP://[::FFFF:A00:1]:80/")
    assert (fetch.url, fetch.failure_kind) == ("http://[::ffff:a00:1]/", "connection")
    # The resolver writes it in its own way.
    assert network.reached == ["::ffff:10.0.0.1"]


async def test_a_name_stays_where_it_was_when_it_was_checked() -> None:
    async with serving(answering(ok(b"outside"))) as port:
        network = MadeUpNetwork(
            {"plants.test": [[PUBLIC], ["127.0.0.1"]]}, {PUBLIC: port, "127.0.0.1": 1}
        )
        async with Client(START, network=network) as client:
            bodies = [(await client.fetch("manifest", "GET", START)).body for _ in range(3)]
    assert bodies == [b"outside"] * 3
    assert network.reached == [PUBLIC] * 3


@pytest.mark.parametrize(
    "addresses", [[PUBLIC, "10.0.0.1"], ["2002:5db8:d822::1"], ["junk", PUBLIC]]
)
async def test_a_start_that_is_not_wholly_private_may_not_be_private_at_all(
    addresses: list[str],
) -> None:
    network = MadeUpNetwork({"plants.test": [addresses]}, {})
    async with Client(START, network=network) as client:
        fetch = await client.fetch("manifest", "GET", START)
    assert (fetch.failure_kind, network.reached) == ("address", [])


@pytest.mark.parametrize("start", ["http://nowhere.test/", "no URL", ""])
async def test_a_start_that_is_nowhere_opens_no_private_network(start: str) -> None:
    async with Client(start, network=MadeUpNetwork({}, {})) as client:
        fetch = await client.fetch("logo", "GET", "http://127.0.0.1/")
    assert fetch.failure_kind == "address"


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://inside.test/", "http://both.test/"])
async def test_without_a_start_nothing_private_may_be_reached(url: str) -> None:
    names = {name: list(answers) for name, answers in NAMES.items()}
    network = MadeUpNetwork(names, {})
    async with Client(None, network=network) as client:
        fetch = await client.fetch("document", "GET", url)
    assert (fetch.failure_kind, network.reached) == ("address", [])


async def test_without_a_start_what_is_public_may_be_reached() -> None:
    async with serving(answering(ok(b"outside"))) as port:
        network = MadeUpNetwork({"plants.test": [[PUBLIC]]}, {PUBLIC: port})
        async with Client(None, network=network) as client:
            assert (await client.fetch("document", "GET", START)).body == b"outside"


async def test_from_a_private_start_everything_may_be_reached() -> None:
    async with serving(answering(ok(b"inside"))) as port:
        names = {"plants.test": [["192.168.0.7"]], "inside.test": [["10.0.0.1"]]}
        network = MadeUpNetwork(names, {"10.0.0.1": port, PUBLIC: port})
        async with Client(START, network=network) as client:
            for url in ("http://inside.test/", f"http://{PUBLIC}/"):
                assert (await client.fetch("logo", "GET", url)).body == b"inside"
