"""The operations of openapi.yaml: each view is an operationId in snake case."""

from typing import Annotated, cast

from pydantic import Field
from quart import Blueprint, Response, current_app

from plugin_server import Model, answer, caller, query

from .service import WeatherService

weather = Blueprint("weather", __name__)


class Name(Model):
    name: Annotated[str, Field(min_length=2, max_length=100)]


class Position(Model):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


@weather.get("/places")
async def find_places() -> Response:
    await caller()
    asked = await query(Name)
    places = await _service().places(asked.name)
    return answer({"places": [place.model_dump() for place in places]})


@weather.get("/weather")
async def get_weather() -> Response:
    await caller()
    asked = await query(Position)
    now = await _service().weather(asked.latitude, asked.longitude)
    return answer(now.model_dump())


def _service() -> WeatherService:
    return cast(WeatherService, current_app.extensions["weather"])
