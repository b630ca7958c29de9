"""Addresses of this surface."""

from django.urls import (
    URLPattern,
    URLResolver,
    path,
)

from campaigns.interfaces.merchant import (
    follow_ups,
    messages,
    referrals,
    salespeople,
    tickets,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("salesperson/", salespeople.card, name="salesperson-card"),
    path("help/", tickets.home, name="ticket-list"),
    path("help/answers/", tickets.answers, name="article-find"),
    path("help/ask/", tickets.ask, name="ticket-open"),
    path("help/call/", follow_ups.book, name="follow_up-book"),
    path("help/call/cancel/", follow_ups.cancel, name="follow_up-cancel"),
    path("help/call/slip/", follow_ups.slip, name="follow_up-slip"),
    path("help/tickets/<str:ticket_id>/", tickets.show, name="ticket-show"),
    path("help/tickets/<str:ticket_id>/add/", tickets.add, name="ticket-add"),
    path("help/tickets/<str:ticket_id>/photo/", tickets.photo, name="ticket-photo"),
    path("help/tickets/<str:ticket_id>/close/", tickets.close, name="ticket-close"),
    path("help/tickets/<str:ticket_id>/score/", tickets.score, name="ticket-score"),
    path("invite/", referrals.show, name="referral-show"),
    path("invite/link/", referrals.issue, name="referral-issue"),
    path("invite/revoke/", referrals.revoke, name="referral-revoke"),
    path("invite/slip/", referrals.slip, name="referral-slip"),
    path("invite/card/", referrals.card, name="referral-card"),
    path("messages/", messages.listing, name="message-list"),
    path("messages/read/", messages.read_all, name="message-read"),
    path("messages/unread/", messages.unread, name="message-unread"),
    path("messages/<str:message_id>/", messages.show, name="message-show"),
]
