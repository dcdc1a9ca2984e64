"""Which route has a path, and what is told where none has."""

import re
from typing import Any

from quart import Response, current_app
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, MapAdapter

from .. import errors
from .request import current_scope


class Router(MapAdapter):
    """Finds the route of a path. None here depends on the host, so none is looked at."""

    def __init__(self, rules: Map, path: str, method: str, scheme: str = "http") -> None:
        super().__init__(rules, "localhost", "/", "", scheme, path, method)

    def match(self, path_info: str | None = None, *others: Any, **named: Any) -> Any:
        """Werkzeug's own, but that it takes no two slashes at the beginning for one."""
        if (self.path_info if path_info is None else path_info).startswith("//"):
            raise NoRoute
        return super().match(path_info, *others, **named)

    def route_of(self, path: str) -> str | None:
        """The route that takes this path by any method, as a contract writes it."""
        for method in self.allowed_methods(path):
            rule, _ = self.match(path, method, return_rule=True)
            return as_written(rule.rule)
        return None


def as_written(rule: str) -> str:
    """A route as a contract writes its path: `/notes/<int:number>` as `/notes/{number}`."""
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule)


async def answer_no_route(_: NoRoute) -> Response:
    """404 that names the right path where only slashes are wrong, and 400 for one in a name."""
    scope = current_scope()
    if b"%2f" in scope["raw_path"].lower():
        detail = "A name in a path cannot hold a slash, and %2F is one."
        return errors.answer(errors.BadRequest(detail, code="invalid_path"))
    path: str = scope["path"]
    with_fewer = re.sub("/+", "/", path).rstrip("/")
    router = Router(current_app.url_map, path, scope["method"])
    route = router.route_of(with_fewer) if with_fewer not in ("", path) else None
    if route is not None:
        return errors.answer(errors.NotFound(f"This path has a slash too many: it is {route}."))
    detail = "There is nothing at this path. The operations are listed in /openapi.yaml."
    return errors.answer(errors.NotFound(detail))
