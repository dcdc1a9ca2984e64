"""Which addresses a public plugin may lead to."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guarded_fetch.addresses import crosses, is_public, may_lead_outside

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255
128.0.0.0 168.63.129.15 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0
192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.112.255 223.255.255.255
2000:: 2001:200::1 2001:4860:4860::8888 2606:2800:220:1:248:1893:25c8:1946 3ffe:ffff::
::ffff:8.8.8.8 ::ffff:808:808 64:ff9b::8.8.8.8
""".split()  # noqa: SIM905 - a table

NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.0
192.0.0.8 192.0.0.9 192.0.0.170 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255
198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 233.252.0.1 239.255.255.255 240.0.0.1
255.255.255.254 255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::ffff:0:8.8.8.8
64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::192.168.1.1 64:ff9b:1::8.8.8.8 64:ff9b:1::a00:1
100::1 2001::1 2001:0:808:808::f7f7:f7f7 2001:0:808:808::80ff:fffe 2001:1::1 2001:2::1 2001:10::1
2001:20::1 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 2002:808:808::1 3fff::1 4000::1 5f00::1 fc00::1
fd00:ec2::254 fe80::1 fe80::1%eth0 2606:2800:220:1::1%eth0 fec0::1 ff02::1 ff0e::1
""".split()  # noqa: SIM905 - a table

NO_ADDRESS = [
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "[::1]",
    "1.1.1.1 ",
    "1.1.1.1/32",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached_from_anywhere(address: str) -> None:
    assert [crosses(True, address), crosses(False, address)] == [False, False]


@pytest.mark.parametrize("address", [*NOT_PUBLIC, *NO_ADDRESS])
def test_any_other_address_may_be_reached_only_from_a_private_start(address: str) -> None:
    assert [crosses(True, address), crosses(False, address)] == [True, False]


@pytest.mark.parametrize(
    "address",
    [*PUBLIC, "2002:808:808::1", "64:ff9b:1::8.8.8.8", "::8.8.8.8", "2001:0:808:808::f7f7:f7f7"],
)
def test_a_start_that_may_lead_outside_does_not_count_as_private(address: str) -> None:
    assert may_lead_outside(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"])
def test_a_start_at_home_counts_as_private(address: str) -> None:
    assert not may_lead_outside(address)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_that_python_calls_private(address: IPv4Address) -> None:
    assert address.is_global or not is_public(str(address))


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_is_public_that_python_calls_private(address: IPv6Address) -> None:
    assert address.is_global or address.ipv4_mapped or not is_public(str(address))
