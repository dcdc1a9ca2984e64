"""The origin of a URL."""

from urllib.parse import urlsplit


def origin_of(url: str) -> str:
    """Scheme, host and port of an http or https URL; a user name in it is left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
