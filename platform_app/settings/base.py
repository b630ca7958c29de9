"""Django itself: apps, database, templates, languages, security."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from platform_app.settings import env

django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(env.text("BAITIAO_DATA_DIR", str(ROOT / ".data")))

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", kept_in=DATA / "secret-key").hex()
MASTER_KEY = env.secret("BAITIAO_MASTER_KEY", kept_in=DATA / "master-key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "platform_app.kernel",
    "tenants",
    "risk",
    "credit",
    "campaigns",
    "analytics",
    "platform_app.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "template_partials",
    "csp",
    "django_linear_migrations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "platform_app.kernel.http.RequestIdMiddleware",
    "tenants.access.request_log.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "platform_app.urls"
WSGI_APPLICATION = "platform_app.wsgi.application"
AUTH_USER_MODEL = "tenants.Member"
LOGIN_URL = "console:member-login"
LOGIN_REDIRECT_URL = "console:overview"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["platform_app.kernel.templatetags.money"],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "platform_app.kernel.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=0"},
    }


# Commands that change the schema log in as the tables' owner; everything else as the app's role.
# A bench does too, to refresh the planner's statistics; its work is done in the app's role.
OWNER_COMMANDS = {
    "migrate", "secure_database", "sqlmigrate", "showmigrations", "makemigrations", "bench",
}  # fmt: skip
AS_OWNER = env.flag("BAITIAO_AS_OWNER", default=len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS)
APP_URL = env.text("DATABASE_URL", "postgresql://baitiao_app@127.0.0.1:5432/baitiao")
OWNER_URL = env.text("DATABASE_OWNER_URL", APP_URL)
DATABASES = {"default": database(OWNER_URL if AS_OWNER else APP_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "baitiao",
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
STATICFILES_DIRS = [ROOT / "platform_app" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA / "media"

SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("COOKIES_SECURE", default=False)
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # framing is governed by CSP frame-ancestors

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Mail to members. Without a server it is printed, as in development.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Baitiao <no-reply@localhost>")

# A document of 4 MB comes over the API as base64.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6_000_000

# How long the cost sheet has to be open before it can be signed (measured on the server).
COST_SHEET_READ_SECONDS = env.integer("COST_SHEET_READ_SECONDS", 8)
# The most that may be out with one legal entity over all tenants, in yuan, unless it has its own.
ENTITY_CAP_MINOR = env.integer("ENTITY_CAP_YUAN", 10_000_000) * 100
# The gateway text messages leave through: its address, our key there and its secret. A virtual
# platform never uses it; without it a live platform's codes are refused, never shown.
MESSAGES_URL = env.text("MESSAGES_URL", "")
MESSAGES_KEY_ID = env.text("MESSAGES_KEY_ID", "")
MESSAGES_SECRET = env.text("MESSAGES_SECRET", "")
FACES_URL = env.text("FACES_URL", "")
FACES_KEY_ID = env.text("FACES_KEY_ID", "")
FACES_SECRET = env.text("FACES_SECRET", "")
# What the service signs its results with: its own secret, not ours; two while one replaces another.
FACES_CALLBACK_SECRETS = env.words("FACES_CALLBACK_SECRETS")
# Codes are not sent and always 000000, as on a virtual platform: demo only.
MESSAGES_SIMULATED = env.flag("MESSAGES_SIMULATED", default=False)
# Webhooks to http://127.0.0.1 (demo, smoke, tests); production refuses private addresses.
WEBHOOK_ALLOW_LOCAL = env.flag("WEBHOOK_ALLOW_LOCAL", default=False)
# Merchant pages may book a repayment without a bank: sandbox and demo only.
REPAYMENT_SIMULATED = env.flag("REPAYMENT_SIMULATED", default=False)
# How long a process may work with the calendar as it was before somebody else's import.
CALENDAR_REFRESH_SECONDS = 60
