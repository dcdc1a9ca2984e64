"""The routes of mode oauth, where people sign in here."""

from quart import Blueprint

from .account import account, end_access, login, sign_in, sign_out
from .asking import AskedWrongly, answer_wrongly_asked
from .consent import authorize, decided
from .endpoints import give_tokens, revoke_token

routes = Blueprint("oauth", __name__)

for _rule, _method, _view in (
    ("/authorize", "GET", authorize),
    ("/authorize", "POST", decided),
    ("/token", "POST", give_tokens),
    ("/revoke", "POST", revoke_token),
    ("/login", "GET", login),
    ("/login", "POST", sign_in),
    ("/logout", "POST", sign_out),
    ("/account", "GET", account),
    ("/account", "POST", end_access),
):
    routes.add_url_rule(_rule, view_func=_view, methods=[_method])
routes.register_error_handler(AskedWrongly, answer_wrongly_asked)
