"""Asking other people's servers, which may be hostile, without harm to this machine."""

from .client import Client
from .network import Limits, NetworkAccess

__all__ = ["Client", "Limits", "NetworkAccess"]
