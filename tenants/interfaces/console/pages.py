"""Small manners of every page here."""

from django.http import Http404

from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say


def missing(refusal: NotFound) -> Http404:
    """The 404 page, also for what belongs to somebody else."""
    return Http404(say(refusal))
