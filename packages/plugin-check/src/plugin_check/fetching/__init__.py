"""Asking other people's servers, which may be hostile, without harm to this machine."""

from .client import Client
from .network import Limits, Network

__all__ = ["Client", "Limits", "Network"]
