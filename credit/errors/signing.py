"""Refusals of signing."""

from platform_app.kernel.errors import Conflict, Refused, gettext_noop


class SignatureUnderWay(Conflict):
    code = "signature_under_way"
    message = gettext_noop("The agreement is being signed. Please look again in a minute.")


class SignsOnPages(Refused):
    code = "signs_on_pages"
    message = gettext_noop(
        "Merchants of this platform sign with a bureau: open a visit to the pages for them."
    )
