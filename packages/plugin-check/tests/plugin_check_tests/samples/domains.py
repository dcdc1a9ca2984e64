"""Plugins that name a domain that is not theirs."""

from ..parts import ORIGIN, Parts, sample
from .auth import oauth


@sample("D03")
def contract_on_another_domain(parts: Parts) -> None:
    parts.manifest["api"]["url"] = "https://todo.weeds.test/openapi.yaml"


@sample("D03")
def contract_above_the_root(parts: Parts) -> None:
    parts.manifest["api"]["url"] = "https://plants.test/openapi.yaml"


@sample("D04")
def legal_page_on_another_domain(parts: Parts) -> None:
    parts.manifest["legal_info_url"] = "https://www.weeds.test/legal"


@sample("D04")
def mail_address_for_a_legal_page(parts: Parts) -> None:
    parts.manifest["legal_info_url"] = "legal@plants.test"


@sample("D05")
def mail_address_on_another_domain(parts: Parts) -> None:
    parts.manifest["contact_email"] = "gardener@weeds.test"


@sample("D05")
def name_for_a_mail_address(parts: Parts) -> None:
    parts.manifest["contact_email"] = "the gardener"


@sample("D06")
def no_server_on_the_root(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://api.weeds.test"}]


@sample("D06")
def second_server_on_the_root(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://api.weeds.test"}, {"url": ORIGIN}]


@sample("D06")
def sub_domain_before_the_root(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://api.todo.plants.test"}, {"url": ORIGIN}]


@sample("D08")
def login_on_another_domain(parts: Parts) -> None:
    oauth(parts)["client_url"] = "https://login.weeds.test/oauth"


@sample("D08")
def tokens_on_another_domain(parts: Parts) -> None:
    oauth(parts)["authorization_url"] = "https://login.weeds.test/token"


@sample("D09")
def login_of_the_contract_on_another_domain(parts: Parts) -> None:
    oauth(parts)
    scheme = parts.contract["components"]["securitySchemes"]["plants"]
    scheme["flows"]["authorizationCode"]["authorizationUrl"] = "https://login.weeds.test/oauth"


@sample("D09")
def tokens_of_the_manifest_on_another_domain(parts: Parts) -> None:
    oauth(parts)["authorization_url"] = "https://login.weeds.test/token"
