"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from platform_app.kernel.drf import by_method
from tenants.interfaces.api import (
    test_clocks,
    webhook_deliveries,
    webhook_endpoints,
    webhook_replays,
)
from tenants.interfaces.api.consents import ConsentGive, ConsentList
from tenants.interfaces.api.docs import show as show_reference
from tenants.interfaces.api.embed_sessions import EmbedSessionOpen
from tenants.interfaces.api.events import EventList, EventResend
from tenants.interfaces.api.feeds import FeedList, FeedShow
from tenants.interfaces.api.hello import Hello
from tenants.interfaces.api.merchants import (
    MerchantList,
    MerchantPut,
    MerchantShow,
    MerchantShowByNumber,
)
from tenants.interfaces.api.orders import OrderBatch
from tenants.interfaces.api.response_keys import ResponseKeyList
from tenants.interfaces.api.signature_debug import SignatureDebug

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", show_reference, name="docs-show"),
    path("hello", Hello.as_view(), name="hello-show"),
    path("response_keys", ResponseKeyList.as_view(), name="response_key-list"),
    path("signature_debug", SignatureDebug.as_view(), name="signature_debug-show"),
    path("merchants", MerchantList.as_view(), name="merchant-list"),
    path(
        "merchants/ext:<path:external_id>",
        by_method(get=MerchantShowByNumber, put=MerchantPut),
        name="merchant-put",
    ),
    path("merchants/<str:merchant_id>", MerchantShow.as_view(), name="merchant-show"),
    path(
        "merchants/<str:merchant_id>/consents",
        by_method(get=ConsentList, post=ConsentGive),
        name="consent-give",
    ),
    path("orders:batch", OrderBatch.as_view(), name="order-batch"),
    path("feeds", FeedList.as_view(), name="feed-list"),
    path("feeds/<str:feed_id>", FeedShow.as_view(), name="feed-show"),
    path("embed_sessions", EmbedSessionOpen.as_view(), name="embed_session-open"),
    path(
        "test_clocks",
        by_method(get=test_clocks.ClockList, post=test_clocks.ClockCreate),
        name="test_clock-list",
    ),
    path("test_clocks/<str:clock_id>", test_clocks.ClockShow.as_view(), name="test_clock-show"),
    path(
        "test_clocks/<str:clock_id>/advance",
        test_clocks.ClockAdvance.as_view(),
        name="test_clock-advance",
    ),
    path("events", EventList.as_view(), name="event-list"),
    path("events/<str:event_id>/resend", EventResend.as_view(), name="event-resend"),
    path(
        "webhook_endpoints",
        by_method(get=webhook_endpoints.EndpointList, post=webhook_endpoints.EndpointCreate),
        name="webhook_endpoint-list",
    ),
    path(
        "webhook_endpoints/<str:endpoint_id>",
        by_method(get=webhook_endpoints.EndpointShow, patch=webhook_endpoints.EndpointPatch),
        name="webhook_endpoint-show",
    ),
    path(
        "webhook_endpoints/<str:endpoint_id>/rotate_secret",
        webhook_endpoints.EndpointRotate.as_view(),
        name="webhook_endpoint-rotate",
    ),
    path(
        "webhook_endpoints/<str:endpoint_id>/test",
        webhook_endpoints.EndpointTest.as_view(),
        name="webhook_endpoint-test",
    ),
    path(
        "webhook_endpoints/<str:endpoint_id>/replay",
        webhook_replays.EndpointReplay.as_view(),
        name="webhook_endpoint-replay",
    ),
    path(
        "webhook_replays/<str:replay_id>",
        webhook_replays.ReplayShow.as_view(),
        name="webhook_replay-show",
    ),
    path(
        "webhook_deliveries",
        webhook_deliveries.DeliveryList.as_view(),
        name="webhook_delivery-list",
    ),
    path(
        "webhook_deliveries/<str:delivery_id>/resend",
        webhook_deliveries.DeliveryResend.as_view(),
        name="webhook_delivery-resend",
    ),
]
