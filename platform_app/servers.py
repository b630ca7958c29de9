"""Which database and Redis a process talks to: the named ones, or the embedded pair."""

import os

from platform_app import embedded


def provide() -> None:
    """Set the three URLs in the environment when neither server is named there."""
    if "DATABASE_URL" in os.environ or "REDIS_URL" in os.environ:
        return
    if os.environ.get("BAITIAO_EMBEDDED", "1") == "0":
        return
    urls = embedded.ensure()
    os.environ["DATABASE_URL"] = urls.database_url
    os.environ["DATABASE_OWNER_URL"] = urls.owner_url
    os.environ["REDIS_URL"] = urls.redis_url
