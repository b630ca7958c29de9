"""Refusals of the pool."""

from platform_app.kernel.errors import Conflict, Invalid, Refused, gettext_noop


class PoolFileKind(Invalid):
    code = "pool_file_kind"
    message = gettext_noop("A pool file is named .csv or .jsonl.")


class PoolFileTooLarge(Refused):
    code = "pool_file_too_large"
    message = gettext_noop("The file is larger than {limit_mb} MB: send it in parts.")


class PoolFileGone(Conflict):
    code = "pool_file_gone"
    message = gettext_noop(
        "This file is not here any more: it was not confirmed within seven days. Hand it in again."
    )


class PoolContentInvalid(Invalid):
    code = "pool_content_invalid"
    message = gettext_noop("`content` is not the base64 that `encoding` says it is.")


class PoolImportTaken(Conflict):
    code = "pool_import_taken"
    message = gettext_noop("This file was taken in before, as {import_id}: nothing to do again.")


class PoolImportStarted(Conflict):
    code = "pool_import_started"
    message = gettext_noop("This import has been confirmed already.")


class PoolMoveNotAllowed(Conflict):
    code = "pool_move_not_allowed"
    message = gettext_noop("From “{status}” a pool member does not become “{to}”.")
