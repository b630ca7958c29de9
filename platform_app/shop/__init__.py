"""A partner's shop in miniature: its own process, its own origin, only the public API."""
