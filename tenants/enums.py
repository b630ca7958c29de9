"""The words tenants uses for states and kinds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TenantStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class TenantMode(models.TextChoices):
    LIVE = "live", _("Live")
    TEST = "test", _("Test")


class ClockStatus(models.TextChoices):
    READY = "ready", _("Ready")
    ADVANCING = "advancing", _("Advancing")
    FAILED = "failed", _("Failed")


class MagicWord(models.TextChoices):
    """What the end of a test merchant's name asks for; it says nothing outside a sandbox."""

    APPROVE = "#APPROVE", _("approved, whatever is known of it")
    REVIEW = "#REVIEW", _("put before a reviewer")
    DECLINE_LIMIT = "#DECLINE_LIMIT", _("declined: the limit would be too small")
    DECLINE_ID = "#DECLINE_ID", _("refused at application: the firm cannot be verified")
    FUNDER_TIMEOUT = "#FUNDER_TIMEOUT", _("the lender pays but does not answer; asked, it says so")
    FUNDER_FAIL = "#FUNDER_FAIL", _("the lender refuses to pay")
    FACE_FAIL = "#FACE_FAIL", _("a face check is not passed")
    FACE_UNKNOWN = "#FACE_UNKNOWN", _("the outcome of a face check stays unknown")


class MerchantKind(models.TextChoices):
    COMPANY = "company", _("Company")
    INDIVIDUAL_BUSINESS = "individual_business", _("Individual business")
    NATURAL_PERSON = "natural_person", _("Natural person")


class InvoiceKind(models.TextChoices):
    NONE = "none", _("No invoice")
    ORDINARY = "ordinary", _("Ordinary VAT invoice")
    SPECIAL = "special", _("Special VAT invoice")


class KybStatus(models.TextChoices):
    """How far we know the firm: known from the partner's data, registered with us, verified."""

    POOLED = "pooled", _("In the pool")
    REGISTERED = "registered", _("Registered")
    VERIFIED = "verified", _("Verified")


class EntryHidden(models.TextChoices):
    """Why the platform's pages show a merchant no way in, as told by the pool."""

    POOL_REMOVED = "pool_removed", _("Taken out of the pool")
    POOL_REJECTED = "pool_rejected", _("Rejected by the pre-screen")


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Placed")
    RETURNED = "returned", _("Returned")
    CANCELED = "canceled", _("Canceled")


class ImportStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Role(models.TextChoices):
    OWNER = "owner", _("Administrator")
    OPERATOR = "operator", _("Operator")
    FINANCE = "finance", _("Finance")
    DEVELOPER = "developer", _("Developer")
    VIEWER = "viewer", _("Viewer")
    STAFF = "staff", _("Baitiao staff")


class KeyAlgorithm(models.TextChoices):
    HMAC = "BT-HMAC-SHA256", "HMAC-SHA256"
    RSA = "BT-SHA256-RSA2048", "RSA-SHA256"
    SM2 = "BT-SM2-SM3", "SM2-SM3"


class KeyState(models.TextChoices):
    """How far a key is, at a moment; see `tenants.domain.key_states`."""

    WAITING = "waiting", _("Waits for a second person")
    COMING = "coming", _("Not yet in force")
    IN_FORCE = "in_force", _("In force")
    ENDING = "ending", _("Ends soon")
    OVER = "over", _("Over")
    REVOKED = "revoked", _("Revoked")


class KeyScope(models.TextChoices):
    READ = "read", _("Read")
    DRAW = "draw", _("Draw")
    REFUND = "refund", _("Refund")
    REPAY = "repay", _("Repay")
    POOL = "pool", _("Merchants and orders")
    ADMIN = "admin", _("Webhook endpoints")


class EndpointStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    DISABLED = "disabled", _("Disabled")


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class ReplayStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped: the endpoint is switched off")


class ConsentCode(models.TextChoices):
    """Each is asked for, given and withdrawn on its own."""

    SERVICE_AND_PRIVACY = "service_and_privacy", _("Service agreement and privacy policy")
    SENSITIVE_DATA = "sensitive_data", _("Handling of sensitive personal information")
    SHARING_WITH_FUNDER = "sharing_with_funder", _("Sharing data with the funding source")
    BUREAU_QUERY = "bureau_query", _("Credit bureau query")
    FACE_RECOGNITION = "face_recognition", _("Face check")


class EmbedComponent(models.TextChoices):
    APPLY = "apply", _("Apply")
    LINE = "line", _("Credit line")
    CHECKOUT = "checkout", _("Checkout")
    BILLS = "bills", _("Bills")
    HELP = "help", _("Help")


class StepUpPurpose(models.TextChoices):
    """What a code by text message confirms."""

    SIGN = "sign", _("Signing an agreement")
    ACCOUNT = "account", _("Changing the account for settlement")
    JOIN = "join", _("Joining as a user of the firm")


class ApplicationNeed(models.TextChoices):
    """What a platform may ask for before an application goes in, beside firm and consents."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
    PHONE = "phone", _("Mobile number, confirmed by a code")
    FACE = "face", _("Face check of whoever applies")
    ACCOUNT = "account", _("Settlement account")
    DOCUMENTS = "documents", _("Photos of documents")


class PersonRelation(models.TextChoices):
    """How whoever applies stands to the firm."""

    SELF = "self", _("Legal representative or owner")
    AUTHORIZED = "authorized", _("Authorized by the firm")


class AccountKind(models.TextChoices):
    CORPORATE = "corporate", _("The firm's account")
    CARD = "card", _("The legal representative's bank card")


class AccountChangeStatus(models.TextChoices):
    ENTERED = "entered", _("Not yet confirmed")
    WAITING = "waiting", _("Waiting to take effect")
    IN_FORCE = "in_force", _("In force")
    STOPPED = "stopped", _("Stopped")


class MerchantUserRole(models.TextChoices):
    """What a person of a firm may do; an owner may do everything."""

    OWNER = "owner", _("Owner")
    BUYER = "buyer", _("Buyer: draws within caps")
    FINANCE = "finance", _("Finance: sees bills and repays")
    VIEWER = "viewer", _("Viewer")


class MerchantUserStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    REMOVED = "removed", _("Removed")


class FaceCheckStatus(models.TextChoices):
    STARTED = "started", _("Started")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")
    UNKNOWN = "unknown", _("Outcome not known yet")
    EXPIRED = "expired", _("Ran out")


class IdentityReviewStatus(models.TextChoices):
    ASKED = "asked", _("Waits for a call")
    PASSED = "passed", _("Confirmed")
    FAILED = "failed", _("Not confirmed")
    WITHDRAWN = "withdrawn", _("No longer asked for")


class IdentityReviewWay(models.TextChoices):
    VIDEO = "video", _("Video call")
    ON_SITE = "on_site", _("On the spot")


class AttachmentKind(models.TextChoices):
    BUSINESS_LICENSE = "business_license", _("Business license")
    AUTHORIZATION_LETTER = "authorization_letter", _("Letter of authorization")
    LEASE_CONTRACT = "lease_contract", _("Lease contract")
    BANK_STATEMENT = "bank_statement", _("Bank statement")
    OTHER = "other", _("Another document")


class PhoneCodeStatus(models.TextChoices):
    SENT = "sent", _("Sent")
    USED = "used", _("Used")
    SPENT = "spent", _("No longer valid")
