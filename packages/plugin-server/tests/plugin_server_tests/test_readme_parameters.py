"""README.md is true: what a path names beside the query, a body that is a list, and aliases."""

from .notes_plugin import Run, problem

REFUSED = "The request breaks the contract: "


async def test_what_the_path_names_is_read_by_its_type_with_the_query(run_notes: Run) -> None:
    async with run_notes("archive") as client:
        assert (await client.get("/archive/2024")).json() == {"year": 2024, "from": "newest"}
        oldest = await client.get("/archive/2024?from=oldest")
        assert oldest.json() == {"year": 2024, "from": "oldest"}
        # The path is what the query cannot change.
        assert (await client.get("/archive/2024?year=1999")).json()["year"] == 2024
        early = (422, "invalid_request", REFUSED + "year: Must be 1970 or more.")
        assert problem(await client.get("/archive/1492")) == early
        word = (422, "invalid_request", REFUSED + "year: Must be a whole number.")
        assert problem(await client.get("/archive/now")) == word
        other = (422, "invalid_request", REFUSED + "from: Must be 'newest' or 'oldest'.")
        assert problem(await client.get("/archive/2024?from=middle")) == other


async def test_a_body_may_be_a_list_and_an_operation_still_to_be_written(run_notes: Run) -> None:
    async with run_notes("archive") as client:
        url = "/archive/2024"
        written = (501, "not_written", "2 notes cannot be kept yet.")
        assert problem(await client.put(url, json=["a", "b"])) == written
        no_list = (422, "invalid_request", REFUSED + "body: Must be a list.")
        assert problem(await client.put(url, json={"a": "b"})) == no_list
        no_text = (422, "invalid_request", REFUSED + "body/0: Must be a text.")
        assert problem(await client.put(url, json=[7])) == no_text
