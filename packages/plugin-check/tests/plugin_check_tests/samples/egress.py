"""Folders whose settings pin addresses that hosts no longer call from."""

from ..parts import Parts, sample


@sample("T09")
def block_of_the_plugins_is_pinned(parts: Parts) -> None:
    parts.files["Caddyfile"] = b"@chat remote_ip 10.0.0.0/8 23.98.142.176/28\n"


@sample("T10")
def block_of_actions_is_pinned(parts: Parts) -> None:
    parts.files["nginx.conf"] = b"allow 10.0.0.0/8;\nallow 13.66.11.96/28;\n"


@sample("T10")
def address_in_a_block_of_actions_is_pinned(parts: Parts) -> None:
    parts.files[".env"] = b"ALLOWED=40.84.180.129\n"
