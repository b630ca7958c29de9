"""The service desk in the back office: rows to look at."""

from django.contrib import admin

from campaigns import models
from platform_app.kernel.back_office import TenantRowsAdmin

for _model, _columns in {
    models.Ticket: ("merchant", "kind", "status", "due_at", "assignee", "opened_at", "score"),
    models.TicketMessage: ("ticket", "side", "actor", "at"),
    models.FollowUp: ("merchant", "on", "hour", "status", "assignee", "call_count"),
    models.FollowUpSlot: ("on", "hour", "capacity", "taken_count"),
    models.FollowUpCall: ("follow_up", "outcome", "actor", "at"),
    models.Message: ("merchant", "kind", "at", "read_at"),
}.items():
    admin.site.register(
        _model,
        type(
            f"{_model.__name__}Admin", (TenantRowsAdmin,),
            {"list_display": ("id", "tenant", *_columns)},
        ),
    )  # fmt: skip
