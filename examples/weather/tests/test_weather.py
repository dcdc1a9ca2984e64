"""What the weather service says, keeps from us, or breaks."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from app import service as asked_service

from .conftest import RAIN, YORK, Service

Running = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
WEATHER = "/weather?latitude=53.96&longitude=-1.08"
FAILED = (502, "service_failed", "The weather service fails. Try again in a minute.")
SLOW = (504, "service_too_slow", "The weather service is slow. Try again in a minute.")


async def test_a_place_is_found_and_its_weather(
    client: httpx.AsyncClient, service: Service
) -> None:
    assert (await client.get("/places?name=York")).json() == {"places": [YORK]}
    assert (await client.get(WEATHER)).json() == RAIN
    assert service.asked == [
        "/v1/search?name=York&count=5",
        "/v1/forecast?latitude=54.0&longitude=-1.1"
        "&current=temperature_2m%2Cwind_speed_10m%2Cprecipitation",
    ]


async def test_no_place_is_no_failure(client: httpx.AsyncClient, service: Service) -> None:
    service.sent = b"{}"
    assert (await client.get("/places?name=Nowhere")).json() == {"places": []}


async def test_an_answer_is_kept_and_a_failure_is_not(
    client: httpx.AsyncClient, service: Service
) -> None:
    service.status = 500
    assert (await client.get(WEATHER)).status_code == 502
    service.status = 200
    for _ in range(3):
        assert (await client.get(WEATHER)).json() == RAIN
    assert len(service.asked) == 2


async def test_so_many_answers_are_kept_and_no_more(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str, running: Running, service: Service
) -> None:
    monkeypatch.setattr(asked_service, "KEPT_ANSWERS", 2)
    async with running(sqlite_url) as client:
        for name in ("York", "Bath", "Hull", "York"):
            assert (await client.get(f"/places?name={name}")).status_code == 200
    assert len(service.asked) == 4


BROKEN = {
    "an error": (500, b"{}"),
    "a refusal": (429, b"{}"),
    "a redirect": (302, b"{}"),
    "no JSON": (200, b"<html>"),
    "another shape": (200, b'{"current": {"time": "now"}}'),
}


@pytest.mark.parametrize("about", BROKEN)
async def test_a_service_that_fails_is_502(
    client: httpx.AsyncClient, service: Service, about: str
) -> None:
    service.status, service.sent = BROKEN[about]
    got = await client.get(WEATHER)
    problem = got.json()
    assert (got.status_code, problem["code"], problem["detail"]) == FAILED


async def test_a_service_that_is_away_is_502(sqlite_url: str, running: Running) -> None:
    async with running(sqlite_url, forecast_url="http://127.0.0.1:9") as client:
        got = await client.get(WEATHER)
    assert (got.status_code, got.json()["code"], got.json()["detail"]) == FAILED


async def test_a_service_that_is_slow_is_504(
    sqlite_url: str, running: Running, service: Service
) -> None:
    service.may_answer.clear()
    async with running(sqlite_url, service_seconds=0.1) as client:
        got = await client.get(WEATHER)
    service.may_answer.set()
    assert (got.status_code, got.json()["code"], got.json()["detail"]) == SLOW
