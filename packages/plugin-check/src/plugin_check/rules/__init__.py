"""The rules, by what they are about. Importing this package registers them all."""

from ..rule import RULES
from . import (  # noqa: F401 - each registers its rules
    actions,
    answers,
    appearance,
    auth,
    contract,
    domains,
    egress,
    endpoint,
    listing,
    manifest,
    openapi,
    package,
    package_files,
    pages,
    patterns,
    references,
    retries,
    servers,
    submission,
    template,
    texts,
    timing,
    tools,
    transport,
    writing,
)

__all__ = ["RULES"]
