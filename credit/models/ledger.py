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
    reverses = TenantForeignKey("self", null=True, db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = _("Journal entry")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "key"], name="credit_journalentry_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "reverses"],
                condition=models.Q(reverses__isnull=False),
                name="credit_journalentry_reversed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reverses__isnull=True) | ~models.Q(reverses=models.F("id")),
                name="credit_journalentry_reverses_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "drawdown_id"],
                condition=models.Q(drawdown_id__isnull=False),
                name="credit_journalentry_drawdown",
            ),
            models.Index(
                fields=["tenant_id", "booked_on", "id"], name="credit_journalentry_booked"
            ),
            # Only the few entries that count on another day than they were booked on are in it.
            models.Index(
                fields=["tenant_id", "value_on", "booked_on"],
                condition=~models.Q(value_on=models.F("booked_on")),
                name="credit_journalentry_revalued",
            ),
        ]


class Posting(TenantOwned, AppendOnly):
    """One side of an entry: positive is a debit, negative a credit."""

    id = OwnIdField("pst")
    entry = TenantForeignKey(JournalEntry, db_index=False)
    account = TenantForeignKey(Account, db_index=False)
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


class AccountSnapshot(TenantOwned, AppendOnly):
    """What an account stood at when a business day on which it moved had closed.

    `posting_count` counts every posting up to then. A day without a row for an account is a day on
    which it did not move: the row before it still holds.
    """

    id = OwnIdField("asn")
    account = TenantForeignKey(Account, db_index=False)
    on = models.DateField()
    balance_minor = MinorField()
    posting_count = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("Account snapshot")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "account", "on"], name="credit_accountsnapshot_once"
            ),
            models.CheckConstraint(
                condition=models.Q(posting_count__gt=0), name="credit_accountsnapshot_moved"
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "on"], name="credit_accountsnapshot_on")]
