"""What the cards of hosts say in mode oauth, which no server here is in."""

from plugin_server.pages.cards import cards
from plugin_server.pages.connecting import Server

SIGN_IN = "It sends you here to sign in, and asks for your consent."


def test_with_sign_in_hosts_send_people_here_and_programs_have_a_token() -> None:
    made = cards(Server("todo", "https://todo.example.org", "oauth", "bearer"))
    assert [card.host for card in made if card.needs] == []
    by_host = {card.host: card for card in made}
    for host in ("ChatGPT", "Claude", "Codex", "VS Code", "Cursor", "GPT Action"):
        assert SIGN_IN in by_host[host].notes, host
        assert "TOKEN" not in by_host[host].copied, host
    assert SIGN_IN in by_host["Open WebUI"].steps
    for host in ("LangChain", "Anything else"):
        assert "Authorization" in by_host[host].copied, host
        assert by_host[host].notes == ("Put your token where TOKEN stands.",), host
