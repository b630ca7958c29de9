"""Refusals of messages."""

from platform_app.kernel.errors import NotFound, gettext_noop


class MessageNotFound(NotFound):
    message = gettext_noop("There is no message with this id.")
