"""The partner REST surface."""

from platform_app.settings import env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.access.signature.SignatureAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.access.signature.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "platform_app.kernel.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Baitiao partner API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Embedded credit for B2B marketplaces: merchants, lines, quotes, drawdowns.",
    "LICENSE": {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"},
    "SERVERS": [{"url": "/", "description": "The address you were told, live and sandbox alike."}],
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SORT_OPERATIONS": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
}

# Addresses and ranges of our own proxies, whose X-Forwarded-For is believed; `unix` for a proxy on
# this machine that speaks over a socket file.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
# Requests a second that a key may send, on average over ten seconds; 0 counts nothing.
# Failures to show a right key or password, a minute and address; 0 counts none.
FAILURES_PER_MINUTE = env.integer("FAILURES_PER_MINUTE", 60)
API_RATE_PER_SECOND = env.integer("API_RATE_PER_SECOND", 20)
# The same for calls that carry hundreds of rows each.
API_BATCH_RATE_PER_SECOND = env.integer("API_BATCH_RATE_PER_SECOND", 5)
# Keys of SM2 (needs the package gmssl, group `sm`).
SM2 = env.flag("BAITIAO_SM2", default=False)
# The private RSA key (PEM) that signs answers to whoever signs with a key pair; without it, one
# that is generated and kept sealed in the data directory, for development.
RESPONSE_KEY = env.text("BAITIAO_RESPONSE_KEY", "")
# The one that will sign next: its public half is told in advance.
NEXT_RESPONSE_KEY = env.text("BAITIAO_RESPONSE_NEXT", "")
