"""The logo and the legal page: what the manifest points at."""

from collections.abc import Iterator
from struct import unpack

from guarded_fetch import Fetch
from guarded_fetch.words import printable, shown

from ..approved import FEW
from ..domains import host_of
from ..pictures import Picture, measure
from ..plugin import PluginSnapshot, SourceDocument, place_of
from ..report import Place, Violation
from ..rule import ERROR, WARNING, rule
from ..served import is_served_locally, written

SIDE = 512

REPAIR = f"Give it a PNG of {SIDE} by {SIDE} pixels."


@rule(
    "M08",
    "manifest",
    "logo_url is the address of an image of 512 by 512, no GIF",
    "GS",
    plugin=(ERROR, WARNING),
    shares=(FEW,),
)
def logo(plugin: PluginSnapshot) -> Iterator[Violation]:
    url = written(plugin, "logo_url")
    if url is None:
        return
    manifest = plugin.manifest or SourceDocument("")
    if host_of(url) is None:
        yield manifest.violation(
            "/logo_url",
            f"logo_url is {shown(manifest.text('logo_url'))}, not an absolute http or https URL.",
            "Write the logo's whole address: https://, the host and the path.",
            WARNING,
            FEW,
        )
    elif bad := next((bad for each in plugin.seen("logo") for bad in _answer(each)), None):
        yield bad
    elif plugin.logo is not None:
        yield from _picture(plugin.logo, manifest.place("/logo_url"))


def _answer(fetch: Fetch) -> Iterator[Violation]:
    if fetch.failure_kind:
        why = printable(fetch.failure or fetch.failure_kind, 200).rstrip(".")
        yield Violation(f"The logo could not be fetched: {why}.", REPAIR, place_of(fetch))
    elif fetch.status != 200:
        yield Violation(
            f"The logo was answered with status {fetch.status}.",
            "Answer it with 200, without a credential.",
            place_of(fetch),
        )
    elif not fetch.content_type.startswith("image/"):
        yield Violation(
            f"The logo's content type is {shown(fetch.content_type)}, not an image's.",
            "Answer it as image/png.",
            place_of(fetch),
        )


def _picture(content: bytes, place: Place) -> Iterator[Violation]:
    if content.startswith((b"GIF87a", b"GIF89a")):
        yield Violation("The logo is a GIF, which the installer refused.", REPAIR, place)
    elif picture := measure(content) or _webp(content):
        if (picture.width, picture.height) != (SIDE, SIDE):
            yield Violation(
                f"The logo is {picture.width} by {picture.height} pixels, not {SIDE} by {SIDE}.",
                REPAIR,
                place,
                WARNING,
            )
    elif not _is_svg(content):
        yield Violation("The logo is not an image that can be read.", REPAIR, place)


def _webp(content: bytes) -> Picture | None:
    """The measures of a WebP, after https://developers.google.com/speed/webp/docs/riff_container."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            width, height = (int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
            return Picture("WebP", width + 1, height + 1)
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return Picture("WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            width, height = unpack("<HH", content[26:30])
            return Picture("WebP", width & 0x3FFF, height & 0x3FFF)
    return None


def _is_svg(content: bytes) -> bool:
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    opens = start.startswith((b"<?xml", b"<!--", b"<!DOCTYPE svg", b"<svg"))
    return opens and b"<svg" in start and b"<html" not in start


@rule(
    "G06",
    "manifest",
    "a public GPT needs the https address of a privacy policy: legal_info_url",
    "AG",
    actions=ERROR,
)
def legal_page(plugin: PluginSnapshot) -> Iterator[Violation]:
    manifest, asked = plugin.manifest or SourceDocument(""), plugin.seen("legal")
    text, url = manifest.text("legal_info_url") or "", written(plugin, "legal_info_url")
    repair = "Write the https address of a page that says what the API does with people's data."
    if is_served_locally(plugin):
        return
    if not text.strip():
        pointer = "/legal_info_url" if "legal_info_url" in manifest.top else ""
        yield manifest.violation(pointer, "legal_info_url is missing.", repair)
    elif url is not None and not (host_of(url) and url.lower().startswith("https:")):
        message = f"legal_info_url is {shown(url)}, not an https URL."
        yield manifest.violation("/legal_info_url", message, repair)
    elif bad := next((each for each in asked if each.failure_kind or each.status != 200), None):
        why = printable(bad.failure or bad.failure_kind or f"status {bad.status}", 200).rstrip(".")
        repair = "Answer the page with 200, to everybody."
        yield Violation(f"The legal page could not be fetched: {why}.", repair, place_of(bad))
