"""Puts the routes into a plugin server, with a client of the weather service."""

from collections.abc import AsyncGenerator

import httpx
from pydantic import Field

import plugin_server
from plugin_server import Plugin

from .routes import weather
from .service import WeatherService


class Settings(plugin_server.Settings):
    """Where the weather service is, and how long it may take."""

    program = "weather-plugin"
    forecast_url: str = Field(
        "https://api.open-meteo.com", description="Where forecasts are, at /v1/forecast."
    )
    places_url: str = Field(
        "https://geocoding-api.open-meteo.com", description="Where places are, at /v1/search."
    )
    service_seconds: float = Field(
        8, gt=0, le=40, description="Seconds that the weather service may take in all."
    )


def create_app(settings: plugin_server.Settings | None = None) -> Plugin:
    """The application for these settings; for those of the environment when none are given."""
    given = settings if isinstance(settings, Settings) else Settings()
    plugin = Plugin(__name__, given)
    plugin.add(weather)

    @plugin.while_serving
    async def keep_client() -> AsyncGenerator[None, None]:
        # Its time-out is for each step; the service has one for the whole.
        async with httpx.AsyncClient(timeout=given.service_seconds) as client:
            plugin.extensions["weather"] = WeatherService(
                client, given.forecast_url, given.places_url, given.service_seconds
            )
            yield

    return plugin
