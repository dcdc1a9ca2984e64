"""Asks the weather service, which may be slow, away, or not what it was."""

import asyncio
from typing import TypeVar

import httpx
from cachetools import TTLCache
from pydantic import BaseModel, ValidationError

from plugin_server import Problem

# Weather of ten minutes ago is still the weather, and a model asks the same again and again.
KEPT_SECONDS = 600
KEPT_ANSWERS = 1000


class BadGateway(Problem):
    status = 502
    title = "Bad Gateway"
    code = "service_failed"


class GatewayTimeout(Problem):
    status = 504
    title = "Gateway Timeout"
    code = "service_too_slow"


class Place(BaseModel):
    """A place, in the service's own words."""

    name: str
    country: str = ""
    latitude: float
    longitude: float


class Places(BaseModel):
    """The service leaves `results` out when there are none."""

    results: list[Place] = []


class Weather(BaseModel):
    time: str
    temperature_2m: float
    wind_speed_10m: float
    precipitation: float


class Forecast(BaseModel):
    current: Weather


A = TypeVar("A", bound=BaseModel)


class WeatherService:
    """Its answers are kept for ten minutes; failures are not."""

    def __init__(
        self, client: httpx.AsyncClient, forecast_url: str, places_url: str, seconds: float
    ) -> None:
        self._client = client
        self._forecast_url = forecast_url
        self._places_url = places_url
        self._seconds = seconds
        self._kept: TTLCache[str, BaseModel] = TTLCache(KEPT_ANSWERS, KEPT_SECONDS)

    async def places(self, name: str) -> list[Place]:
        """The places of that name, the best known first. Raises BadGateway and GatewayTimeout."""
        url = httpx.URL(f"{self._places_url}/v1/search", params={"name": name, "count": 5})
        return (await self._ask(url, Places)).results

    async def weather(self, latitude: float, longitude: float) -> Weather:
        """The weather there now. Raises BadGateway and GatewayTimeout."""
        # A tenth of a degree is 11 km: so close, the service has one answer.
        where = {"latitude": round(latitude, 1), "longitude": round(longitude, 1)}
        wanted = ",".join(name for name in Weather.model_fields if name != "time")
        url = httpx.URL(f"{self._forecast_url}/v1/forecast", params={**where, "current": wanted})
        return (await self._ask(url, Forecast)).current

    async def _ask(self, url: httpx.URL, kind: type[A]) -> A:
        kept = self._kept.get(str(url))
        if isinstance(kept, kind):
            return kept
        try:
            async with asyncio.timeout(self._seconds):
                answer = (await self._client.get(url)).raise_for_status()
            found = kind.model_validate_json(answer.content)
        except (TimeoutError, httpx.TimeoutException):
            raise GatewayTimeout("The weather service is slow. Try again in a minute.") from None
        except (httpx.HTTPError, ValidationError):
            raise BadGateway("The weather service fails. Try again in a minute.") from None
        self._kept[str(url)] = found
        return found
