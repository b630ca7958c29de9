"""Campaigns' tables, one module a noun."""
