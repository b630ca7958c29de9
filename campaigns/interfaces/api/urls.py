"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.api import tickets

urlpatterns: list[URLPattern | URLResolver] = [
    path("tickets", tickets.TicketList.as_view(), name="ticket-list"),
]
