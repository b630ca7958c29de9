"""Double entry. Entries sum to zero (deferred trigger); nothing is changed or deleted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import AccountCode, EntryKind
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, PublicIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned


class Account(TenantOwned):
    """One account of one funding source's books."""

    id = OwnIdField("acc")
    funding_source = TenantForeignKey(FundingSource)
    code = models.TextField(choices=AccountCode.choices)

    class Meta:
        verbose_name = verbose_name_plural = _("Account")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "funding_source", "code"], name="credit_account_code"
            ),
            models.CheckConstraint(
                condition=models.Q(code__in=AccountCode.values), name="credit_account_known"
            ),
        ]


class JournalEntry(TenantOwned, AppendOnly):
    """One balanced entry. `key` is the business key: the same effect is posted once."""

    id = OwnIdField("jen")
    kind = models.TextField(choices=EntryKind.choices)
    key = models.TextField()
    drawdown_id = PublicIdField("drw", null=True)
    value_on = models.DateField()
    booked_on = models.DateField()
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Journal entry")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "key"], name="credit_journalentry_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "drawdown_id"],
                condition=models.Q(drawdown_id__isnull=False),
                name="credit_journalentry_drawdown",
            ),
            models.Index(fields=["tenant_id", "booked_on"], name="credit_journalentry_booked"),
        ]


class Posting(TenantOwned, AppendOnly):
    """One side of an entry: positive is a debit, negative a credit."""

    id = OwnIdField("pst")
    entry = TenantForeignKey(JournalEntry)
    account = TenantForeignKey(Account)
    amount_minor = MinorField()

    class Meta:
        verbose_name = verbose_name_plural = _("Posting")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "entry", "account"], name="credit_posting_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="credit_posting_not_zero"
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "account"], name="credit_posting_account")]
