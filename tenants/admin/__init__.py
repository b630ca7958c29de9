"""The tables of tenants in the back office."""

from tenants.admin import merchants, platforms

__all__ = ["merchants", "platforms"]
