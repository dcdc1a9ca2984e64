"""What the cards of hosts say in mode oauth."""

from dataclasses import replace

from plugin_server.pages.cards import Card, cards
from plugin_server.pages.connecting import Server

SIGN_IN = "It sends you here to sign in, and asks for your consent."
ELSEWHERE = "It sends you to another server to sign in, which asks for your consent."
REGISTERS = "If it has no document that names it, PLUGIN_OAUTH_REGISTRATION must be on."
SERVER = Server("todo", "https://todo.example.org", "oauth", "bearer", "read write", True)


def by_host(server: Server) -> dict[str, Card]:
    return {card.host: card for card in cards(server)}


def lacking(server: Server) -> dict[str, tuple[str, ...]]:
    return {host: card.needs for host, card in by_host(server).items() if card.needs}


def test_with_sign_in_hosts_send_people_here_and_programs_have_a_token() -> None:
    made = by_host(SERVER)
    assert lacking(SERVER) == {}
    for host in ("ChatGPT", "Claude", "Codex", "VS Code", "Cursor", "GPT Action"):
        assert SIGN_IN in made[host].notes, host
        assert "TOKEN" not in made[host].copied, host
    assert f"Auth is OAuth 2.1. {SIGN_IN}" in made["Open WebUI"].steps
    assert {host for host, card in made.items() if REGISTERS in card.notes} == {
        "Cursor",
        "Open WebUI",
    }
    for host in ("LangChain", "Anything else"):
        assert "Authorization" in made[host].copied, host
        assert made[host].notes == ("Put your token where TOKEN stands.",), host


def test_a_gpt_has_a_client_of_its_own_that_the_settings_name() -> None:
    assert (
        "Authentication is OAuth, with the client's ID and secret, the authorization URL"
        " https://todo.example.org/authorize, the token URL https://todo.example.org/token and the"
        " scope read write."
    ) in by_host(SERVER)["GPT Action"].notes
    assert lacking(replace(SERVER, has_client=False)) == {
        "GPT Action": (
            "A GPT needs a client of its own: PLUGIN_OAUTH_CLIENT_ID and"
            " PLUGIN_OAUTH_CLIENT_SECRET.",
        )
    }


def test_where_people_sign_in_elsewhere_the_cards_say_so() -> None:
    made = by_host(replace(SERVER, mode="issuer", has_client=False))
    assert lacking(replace(SERVER, mode="issuer", has_client=False)) == {}
    for host in ("ChatGPT", "Claude", "Codex", "VS Code", "Cursor", "GPT Action"):
        assert ELSEWHERE in made[host].notes, host
    assert any("that the other server knows" in each for each in made["GPT Action"].notes)


def test_below_a_path_the_host_is_the_same() -> None:
    below = replace(SERVER, origin="https://todo.example.org/plugin")
    assert (below.path, below.is_public, below.is_local) == ("/plugin", True, False)
    home = replace(SERVER, origin="http://localhost:5002/plugin")
    assert (home.is_public, home.is_local) == (False, True)
    assert SERVER.path == ""
