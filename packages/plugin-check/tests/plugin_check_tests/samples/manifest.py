"""Manifests that are missing, broken, incomplete or left as the template has them."""

import json

from plugin_check import Level

from ..parts import Parts, png, sample


@sample("M02")
def trailing_comma(parts: Parts) -> None:
    parts.files["ai-plugin.json"] = b'{\n  "schema_version": "v1",\n}\n'


@sample("M02")
def list_for_a_manifest(parts: Parts) -> None:
    parts.files["ai-plugin.json"] = b"[]"


@sample("M02", Level.WARNING)
def key_that_is_there_twice(parts: Parts) -> None:
    text = json.dumps(parts.manifest)
    parts.files["ai-plugin.json"] = text.replace("{", '{"name_for_human": "Weeds",', 1).encode()


@sample("M03")
def missing_field(parts: Parts) -> None:
    del parts.manifest["description_for_human"]


@sample("M03")
def missing_block(parts: Parts) -> None:
    del parts.manifest["auth"]


@sample("M03")
def blank_name(parts: Parts) -> None:
    parts.manifest["name_for_model"] = ""


@sample("M03", Level.WARNING)
def blank_field(parts: Parts) -> None:
    parts.manifest["contact_email"] = " "


@sample("M03")
def field_of_the_wrong_type(parts: Parts) -> None:
    parts.manifest["schema_version"] = 1


@sample("M03")
def block_of_the_wrong_type(parts: Parts) -> None:
    parts.manifest["api"] = [parts.manifest["api"]]


@sample("M04")
def version_of_the_plugin_for_that_of_the_schema(parts: Parts) -> None:
    parts.manifest["schema_version"] = "1.0.0"


@sample("M05")
def unknown_type_of_api(parts: Parts) -> None:
    parts.manifest["api"]["type"] = "swagger"


@sample("M05", Level.WARNING)
def relative_address_of_the_contract(parts: Parts) -> None:
    parts.manifest["api"]["url"] = "/openapi.yaml"


@sample("M05")
def empty_api(parts: Parts) -> None:
    parts.manifest["api"] = {}


@sample("M06")
def unknown_field(parts: Parts) -> None:
    parts.manifest["privacy_url"] = "https://todo.plants.test/privacy"


@sample("M06")
def misspelt_field_of_api(parts: Parts) -> None:
    parts.manifest["api"]["is_user_autenticated"] = False


@sample("M07")
def text_that_asks_to_be_replaced(parts: Parts) -> None:
    parts.manifest["description_for_human"] = "Replace_this_string_with_a_description"


@sample("M07", Level.WARNING)
def address_of_an_example(parts: Parts) -> None:
    parts.manifest["contact_email"] = "support@example.com"


@sample("M07", Level.WARNING)
def page_of_an_example(parts: Parts) -> None:
    parts.manifest["legal_info_url"] = "https://www.example.org/legal"


@sample("M07")
def server_of_an_example(parts: Parts) -> None:
    parts.contract["servers"] = [{"url": "https://api.example.com"}]


@sample("M08")
def moving_logo(parts: Parts) -> None:
    parts.logo = b"GIF89a" + bytes(20)


@sample("M08", Level.WARNING)
def small_logo(parts: Parts) -> None:
    parts.logo = png(64, 64)


@sample("M08")
def page_for_a_logo(parts: Parts) -> None:
    parts.logo = b"<!DOCTYPE html><html><svg></svg></html>"


@sample("M08", Level.WARNING)
def relative_address_of_the_logo(parts: Parts) -> None:
    parts.manifest["logo_url"] = "logo.png"


@sample("M08", Level.WARNING)
def logo_inside_its_address(parts: Parts) -> None:
    parts.manifest["logo_url"] = "data:image/png;base64,iVBORw0KGgo="


@sample("G06")
def legal_page_without_tls(parts: Parts) -> None:
    parts.manifest["legal_info_url"] = "http://www.plants.test/legal"


@sample("G06")
def no_legal_page(parts: Parts) -> None:
    del parts.manifest["legal_info_url"]
