"""Loaded by schemathesis: what it sends although the contract's pattern leaves it out."""

from urllib.parse import unquote

import schemathesis


@schemathesis.hook
def filter_path_parameters(context: object, path_parameters: dict[str, object]) -> bool:  # noqa: ARG001 - the hook's signature
    # Some of its phases give the name as it is, others as it is written in a path.
    return "\ufffd" not in unquote(str(path_parameters.get("username", "")))
