"""Signing an agreement: who signs for a platform, and what became of each signature."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import SignatureStatus, SigningChannel
from credit.models.application import Offer
from credit.models.document import Document
from credit.models.line import Contract
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class SigningAuthority(TenantOwned, Stamped):
    """Whose certificates sign a platform's agreements. One at a time; those before stay readable.

    Test certificates are made here: the root's key is forgotten once it has signed, the signer's is
    sealed. A bureau keeps its keys; we know its root and how it is talked to.
    """

    id = OwnIdField("sga")
    channel = models.TextField(choices=SigningChannel.choices)
    root_pem = models.TextField()
    certificate_pem = models.TextField(default="", blank=True)
    key_sealed = models.BinaryField(null=True)
    url = models.TextField(default="", blank=True)
    key_id = models.TextField(default="", blank=True)
    secret_sealed = models.BinaryField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Signing authority")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(is_active=True),
                name="credit_signingauthority_one_active",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    channel="test", key_sealed__isnull=False, secret_sealed__isnull=True
                )
                | models.Q(channel="bureau", key_sealed__isnull=True, secret_sealed__isnull=False),
                name="credit_signingauthority_keys",
            ),
        ]


class ContractSignature(TenantOwned, Stamped):
    """One signing of one offer's agreement: the paper as prepared, the evidence, the outcome.

    `facts` are printed on the paper and name the line and the contract it will become.
    `prepared` is the paper with room for a signature; `digest` is what is signed.
    `evidence_chain` is the hash of the audit record that holds all the hashes.
    """

    id = OwnIdField("csg")
    offer = TenantForeignKey(Offer)
    merchant = TenantForeignKey(Merchant)
    authority = TenantForeignKey(SigningAuthority)
    status = models.TextField(choices=SignatureStatus.choices, default=SignatureStatus.PREPARED)
    facts = models.JSONField()
    paper_sha256 = models.TextField(help_text="Of the paper before anything was added.")
    prepared = models.BinaryField()
    digest = models.TextField()
    room_from = models.IntegerField()
    room_to = models.IntegerField()
    evidence = models.JSONField()
    evidence_sha256 = models.TextField()
    evidence_chain = models.TextField(default="", blank=True)
    actor = models.TextField()
    asked_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    attempt_count = models.IntegerField(default=0)
    detail = models.TextField(default="", blank=True)
    contract = TenantForeignKey(Contract, null=True)
    document = TenantForeignKey(Document, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Contract signature")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "offer"],
                condition=~models.Q(status="failed"),
                name="credit_contractsignature_one_alive",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "contract"], name="credit_contractsignature_contract"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["prepared", "requested", "unknown"],
                    next_look_at__isnull=False,
                    ended_at__isnull=True,
                    contract__isnull=True,
                )
                | models.Q(
                    status="signed",
                    next_look_at__isnull=True,
                    ended_at__isnull=False,
                    contract__isnull=False,
                    document__isnull=False,
                )
                | models.Q(
                    status="failed",
                    next_look_at__isnull=True,
                    ended_at__isnull=False,
                    contract__isnull=True,
                ),
                name="credit_contractsignature_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                condition=models.Q(status__in=["prepared", "requested", "unknown"]),
                name="credit_contractsignature_due",
            )
        ]
