"""Refusals around products, caps and reference data."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class ProductUnavailable(Refused):
    code = "product_unavailable"
    message = gettext_noop("This product is not offered at the moment.")


class BadProductTerms(Invalid):
    code = "product_terms_invalid"
    message = gettext_noop("The product terms contradict themselves: {reason}")


class CapExceeded(Refused):
    code = "cap_exceeded"
    message = gettext_noop(
        "The all-in annual rate could reach {rate}%, above the cap of {cap}% ({basis})."
    )


class CapUnknown(Refused):
    code = "cap_unknown"
    message = gettext_noop("The cap cannot be computed: no LPR is on record for {on} ({basis}).")


class PriceOutOfRange(Refused):
    code = "price_out_of_range"
    message = gettext_noop(
        "{rate}% a year lies outside what this product may be sold at: {lowest}% to {highest}%."
    )


class ProductNotFound(NotFound):
    message = gettext_noop("There is no product with this id.")


class ProductCodeTaken(Conflict):
    code = "product_code_taken"
    message = gettext_noop("There is a product with this code already.")


class ProductVersionNotFound(NotFound):
    message = gettext_noop("There is no product version with this id.")


class ProductVersionNotDraft(Conflict):
    code = "product_version_not_draft"
    message = gettext_noop("Only a draft can be edited and submitted.")


class ProductVersionNotSubmitted(Conflict):
    code = "product_version_not_submitted"
    message = gettext_noop("Only a version that waits for approval can be approved or rejected.")


class ProductVersionInWork(Conflict):
    code = "product_version_in_work"
    message = gettext_noop(
        "Another version of this product is being drafted or waits for approval."
    )


class ProductUnchanged(Conflict):
    code = "product_unchanged"
    message = gettext_noop("These are the terms that are published already.")


class ReferenceChangeNotFound(NotFound):
    message = gettext_noop("There is no proposed change with this id.")


class ReferenceChangeDecided(Conflict):
    code = "reference_change_decided"
    message = gettext_noop("This change was already approved or rejected.")


class BadReferenceData(Invalid):
    code = "reference_data_invalid"
    message = gettext_noop("This cannot stand in the table: {problem}")
