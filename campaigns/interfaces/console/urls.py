"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.console import follow_ups, tickets

urlpatterns: list[URLPattern | URLResolver] = [
    path("service", tickets.listing, name="ticket-list"),
    path("service/calls", follow_ups.listing, name="follow_up-list"),
    path("service/calls/capacity", follow_ups.capacity, name="follow_up-capacity"),
    path("service/calls/<str:follow_up_id>", follow_ups.detail, name="follow_up-detail"),
    path("service/calls/<str:follow_up_id>/<str:verb>", follow_ups.act, name="follow_up-act"),
    path("service/<str:ticket_id>", tickets.detail, name="ticket-detail"),
    path("service/<str:ticket_id>/<str:verb>", tickets.act, name="ticket-act"),
]
