"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.merchant import salespeople

urlpatterns: list[URLPattern | URLResolver] = [
    path("salesperson/", salespeople.card, name="salesperson-card"),
]
