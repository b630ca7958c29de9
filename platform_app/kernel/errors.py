"""The one family of refusals. A verb raises; a surface translates.

`code` is stable and public. `message` is an English msgid with `{facts}`; surfaces translate it and
fill it in, so that a refusal reads the same in the API, on a page and in a log.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final


def gettext_noop(message: str) -> str:
    """Mark a msgid for extraction without importing Django (kept pure for `domain`)."""
    return message


class DomainError(Exception):
    """A business act was refused and nothing moved.

    `members` names the facts that a problem answers beside its words, where they are given.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "refused"
    message: ClassVar[str] = gettext_noop("The request was refused.")
    members: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, field: str | None = None, **facts: Any) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.message.format_map(_Facts(facts)))

    def __reduce__(self) -> tuple[Any, ...]:
        """A refusal may cross to another process whole."""
        return _rebuilt, (type(self), self.field, self.facts)


def _rebuilt(kind: "type[DomainError]", field: str | None, facts: dict[str, Any]) -> "DomainError":
    return kind(field=field, **facts)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Invalid(DomainError):
    """The words of the request are wrong: a format, a range, an unknown field."""

    code = "invalid"
    message = gettext_noop("The value is not valid.")


class Refused(DomainError):
    """Well said, but the business rules say no."""


class NotFound(DomainError):
    """No such thing, or it belongs to somebody else: the caller cannot tell which."""

    status = 404
    code = "not_found"
    message = gettext_noop("There is no {noun} with this id.")


class Conflict(DomainError):
    """The thing exists in another state than the act needs."""

    status = 409
    code = "conflict"
    message = gettext_noop("The current state does not allow this.")


class Forbidden(DomainError):
    """The caller is known but may not do this."""

    status = 403
    code = "forbidden"
    message = gettext_noop("You are not allowed to do this.")


class SecondPersonNeeded(Forbidden):
    """An act that takes two people: whoever asked for it never agrees to it."""

    code = "second_person_needed"
    message = gettext_noop("Whoever asked for this cannot approve it: it takes two people.")


class ReasonNeeded(Invalid):
    """An act that is only done with a reason, which is kept."""

    code = "reason_needed"
    message = gettext_noop("Please say why, in a few words.")


class Unavailable(DomainError):
    """An outside part is down; the same request may be sent again."""

    status = 503
    code = "try_again"
    message = gettext_noop("Please send the same request again in a moment.")


class InternalError(DomainError):
    """A fault of ours that nobody foresaw; nothing was done."""

    status = 500
    code = "internal_error"
    message = gettext_noop(
        "Something failed on our side; nothing was done. Send the same request again with the same "
        "key, and quote the request id when you ask us."
    )


class UnknownPath(DomainError):
    status = 404
    code = "unknown_path"
    message = gettext_noop("There is nothing at this address. Check it against the documentation.")


class BodyTooLarge(DomainError):
    status = 413
    code = "body_too_large"
    message = gettext_noop("The request is larger than {limit_mb} MB. Send less at once.")


class RateLimited(DomainError):
    """Too many requests in the window; `seconds` until it ends, `headers` for the answer."""

    status = 429
    code = "rate_limited"
    headers: Mapping[str, str] = MappingProxyType({})
    message = gettext_noop("Too many requests: the next ones are answered in {seconds} seconds.")


class TooManyFailures(RateLimited):
    """Too many requests without a right key or password from one address."""

    code = "too_many_failures"
    message = gettext_noop(
        "Too many failures from this address. Check key and signature; the next try counts in "
        "{seconds} seconds."
    )


# What a NotFound may miss, so that the catalog has a word for each.
NOUNS: Final = (
    gettext_noop("block"),
    gettext_noop("break"),
    gettext_noop("claim"),
    gettext_noop("claim on a merchant"),
    gettext_noop("consent"),
    gettext_noop("decision"),
    gettext_noop("delivery"),
    gettext_noop("direct debit"),
    gettext_noop("endpoint"),
    gettext_noop("event"),
    gettext_noop("feed"),
    gettext_noop("field"),
    gettext_noop("file"),
    gettext_noop("funding source"),
    gettext_noop("import"),
    gettext_noop("invitation link"),
    gettext_noop("key"),
    gettext_noop("lender"),
    gettext_noop("member"),
    gettext_noop("merchant"),
    gettext_noop("object"),
    gettext_noop("person"),
    gettext_noop("pool import"),
    gettext_noop("pool member"),
    gettext_noop("repayment"),
    gettext_noop("replay"),
    gettext_noop("request"),
    gettext_noop("salesperson"),
    gettext_noop("settlement"),
    gettext_noop("shadow decision"),
    gettext_noop("signature"),
    gettext_noop("suspense item"),
    gettext_noop("tenant"),
)
