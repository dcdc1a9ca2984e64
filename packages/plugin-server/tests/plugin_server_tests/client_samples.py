"""A client's document on the made-up web."""

from typing import Any

from guarded_fetch.testing.web import ORIGIN

PATH = "/oauth/client.json"
URL = ORIGIN + PATH
BACK = "https://app.plants.test/callback"
WHAT = "The document of the client"


def document(**members: Any) -> dict[str, Any]:
    """A client's document; a member that is None is left out."""
    whole = {"client_id": URL, "client_name": "Plants", "redirect_uris": [BACK], **members}
    return {name: value for name, value in whole.items() if value is not None}
