"""Collection in the back office: rows to look at."""

from django.contrib import admin

from credit import models
from platform_app.kernel.back_office import TenantRowsAdmin

# Collection: rows to look at, their columns after id and tenant.
for _model, _columns in {
    models.LadderStep: ("ladder", "from_dpd", "code", "contact_every_days"),
    models.ConductRules: ("quiet_from_hour", "quiet_until_hour", "calls_per_day", "texts_per_day"),
    models.BucketChange: ("drawdown", "on", "dpd", "from_code", "to_code"),
    models.CollectionCase: ("merchant", "status", "stage", "opened_on", "next_contact_on", "owner"),
    models.CaseHandover: ("case", "to_owner", "to_agency", "actor", "at"),
    models.CollectionContact: ("case", "channel", "person_role", "is_incoming", "actor", "at"),
    models.ContactOutcome: ("contact", "result", "actor", "at"),
    models.ContactBlock: ("merchant", "channel", "person_role", "blocked_at", "lifted_at"),
    models.PromiseToPay: ("merchant", "amount_minor", "by_on", "status", "paid_minor"),
    models.Dispute: ("drawdown", "reason", "status", "answer_by_on", "resolved_at"),
    models.ExtensionRequest: ("drawdown", "days", "status", "asked_at", "decided_at"),
    models.Reminder: ("merchant", "drawdown", "seq", "kind", "on", "status", "sent_at"),
}.items():
    admin.site.register(
        _model,
        type(
            f"{_model.__name__}Admin", (TenantRowsAdmin,),
            {"list_display": ("id", "tenant", *_columns)},
        ),
    )  # fmt: skip
