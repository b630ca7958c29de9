"""The ledgers that ours is measured beside, in a scratch database of their own.

Never the product's settings: `manage.py bench posting_hordak` starts a second process with these.
"""

from urllib.parse import unquote, urlsplit

from platform_app.settings import env

_AT = urlsplit(env.text("DATABASE_OWNER_URL", env.text("DATABASE_URL")))

SECRET_KEY = "only-for-a-scratch-database"  # noqa: S105 -- nothing is signed with it
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "mptt",
    "hordak",
    "django_ledger",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": unquote(_AT.username or ""),
        "PASSWORD": unquote(_AT.password or ""),
        "HOST": _AT.hostname or "",
        "PORT": str(_AT.port or ""),
        "TEST": {"NAME": "baitiao_bench_beside"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
HORDAK_INTERNAL_CURRENCY = DEFAULT_CURRENCY = "CNY"
CURRENCIES = ["CNY"]
