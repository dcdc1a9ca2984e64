"""Whose domain it is: by whole labels and the public suffix list, never by counting dots."""

import pytest

from plugin_check.domains import (
    host_of,
    is_local,
    is_under,
    refused_redirect,
    registrable,
    root_domain,
)

MANIFEST = "/.well-known/ai-plugin.json"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com", "example.com"),
        ("HTTPS://User:Secret@API.Example.COM.:8443/a?b#c", "api.example.com"),
        ("http://localhost:5002/", "localhost"),
        ("http://[::1]:5002/", "::1"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://straße.example/", "xn--strae-oqa.example"),
        ("https://ένας.example/", "xn--ixai9av.example"),
        ("https://食狮。公司。cn/", "xn--85x722f.xn--55qx5d.cn"),
        ("example.com", None),
        ("//example.com", None),
        ("/openapi.yaml", None),
        ("", None),
        ("https://", None),
        ("https://.", None),
        ("https:///path", None),
        ("https://example.com:port/", None),
        ("https://[::1", None),
        ("ftp://example.com", None),
        ("javascript://example.com/%0aalert(1)", None),
        ("https://example.com\\@evil.test/", None),
        ("https://exam\nple.com/", None),
        (" https://example.com", None),
        ("https://exam\x1bple.com", None),
        ("https://\ud800.com/", None),
        ("legal@example.com", None),
    ],
)
def test_a_host_is_that_of_an_absolute_web_address(url: str, host: str | None) -> None:
    assert host_of(url) == host


def test_a_name_or_port_that_is_far_too_long_is_no_host() -> None:
    assert host_of(f"https://{'ü' * 100_000}.com/") is None
    assert host_of(f"https://example.com:{'9' * 5_000}/") is None


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("todo.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("", False),
        ("localhost.example.com", False),
        ("notlocalhost", False),
        ("10.0.0.1", False),
        ("128.0.0.1", False),
    ],
)
def test_this_machine_is_known_by_its_names(host: str, local: bool) -> None:
    assert is_local(host) is local


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("API.Example.COM.", "example.com"),
        ("example.co.uk", "example.co.uk"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("me.github.io", "me.github.io"),
        ("todo.me.github.io", "me.github.io"),
        ("todo.plants.test", "plants.test"),
        ("api.bücher.de", "xn--bcher-kva.de"),
        ("api.xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("localhost", "localhost"),
        ("todo.localhost", "todo.localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("intranet", "intranet"),
        ("", ""),
        ("..", ""),
        ("a..b", "a..b"),
        ("\ud800.com", "\ud800.com"),
    ],
)
def test_the_registered_domain_goes_by_the_public_suffix_list(host: str, domain: str) -> None:
    assert registrable(host) == domain


def test_a_name_that_is_far_too_long_is_a_domain_of_its_own() -> None:
    name = "a." * 100_000 + "com"
    assert registrable(name) == name


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("WWW.Example.com.", "example.com"),
        ("foo.example.com", "foo.example.com"),
        ("www.foo.example.com", "foo.example.com"),
        ("wwwexample.com", "wwwexample.com"),
        ("www.com", "www.com"),
        ("www.co.uk", "www.co.uk"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_root_domain_is_the_host_without_www(host: str, root: str) -> None:
    assert root_domain(host) == root


@pytest.mark.parametrize(
    ("host", "root", "under"),
    [
        ("example.com", "example.com", True),
        ("api.example.com", "example.com", True),
        ("a.b.Example.com.", "EXAMPLE.com", True),
        ("api.bücher.de", "xn--bcher-kva.de", True),
        ("evilexample.com", "example.com", False),
        ("example.com", "api.example.com", False),
        ("example.com.evil.test", "example.com", False),
        ("1.127.0.0.1", "127.0.0.1", False),
        ("", "", False),
        ("example.com", "", False),
    ],
)
def test_a_sub_domain_is_one_by_whole_labels(host: str, root: str, under: bool) -> None:
    assert is_under(host, root) is under


@pytest.mark.parametrize(
    ("source", "target", "refusal"),
    [
        # Every example of OpenAI's page.
        ("www.example.com", "example.com" + MANIFEST, None),
        ("foo.example.com", "bar.foo.example.com" + MANIFEST, None),
        ("foo.example.com", "bar.foo.example.com/baz/ai-plugin.json", None),
        ("foo.example.com", "example.com", "example.com is a parent of foo.example.com"),
        (
            "foo.example.com",
            "bar.example.com",
            "bar.example.com is on the same level as foo.example.com",
        ),
        ("example.com", "example2.com", "example2.com is another domain than example.com"),
        # And what follows from them.
        ("example.com", "example.com/other/path", None),
        ("example.com", "www.example.com", None),
        ("Example.com", "API.EXAMPLE.com.", None),
        ("example.com", "api.example.com:8443", None),
        (
            "example.com",
            "evilexample.com",
            "evilexample.com is another domain than example.com",
        ),
        ("a.co.uk", "b.co.uk", "b.co.uk is another domain than a.co.uk"),
        ("a.b.co.uk", "b.co.uk", "b.co.uk is a parent of a.b.co.uk"),
        (
            "a.example.com",
            "x.b.example.com",
            "x.b.example.com is another branch of example.com than a.example.com",
        ),
        (
            "www.example.com",
            "api.example.com",
            "api.example.com is on the same level as www.example.com",
        ),
        ("192.0.2.7", "192.0.2.8", "192.0.2.8 is another domain than 192.0.2.7"),
        ("bücher.de", "api.xn--bcher-kva.de", None),
        ("example.com", "exam ple.com", "it does not lead to an http or https address"),
        ("example.com", "", "it does not lead to an http or https address"),
    ],
)
def test_a_redirect_of_the_manifest_is_judged_as_the_page_says(
    source: str, target: str, refusal: str | None
) -> None:
    assert refused_redirect(f"https://{source}{MANIFEST}", f"https://{target}") == refusal


@pytest.mark.parametrize(
    ("source", "target", "refusal"),
    [
        ("https://example.com/", "http://example.com/", "it leads from https to http"),
        ("http://example.com/", "https://example.com/", None),
        ("https://localhost/", "http://localhost:5002/", None),
        (
            "https://example.com/",
            "ftp://example.com/",
            "it does not lead to an http or https address",
        ),
    ],
)
def test_a_redirect_keeps_tls(source: str, target: str, refusal: str | None) -> None:
    assert refused_redirect(source, target) == refusal
