"""Refusals of the campaigns app. Codes are public and never renamed."""
