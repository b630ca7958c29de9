"""What credit's REST views share."""

from collections.abc import Callable
from typing import Any, Final

from django.db import IntegrityError
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel.errors import Unavailable
from platform_app.kernel.rest import KeyedView

# The day was flipped between the look at it and the lock on it: the same request finds the new one.
DAY_FLIPPED: Final = "credit_booked_into_open_day"


class CreditKeyedView(KeyedView):
    """A POST that books. Raises Unavailable (503, retryable) in the instant a day is flipped."""

    def once(self, request: Request, act: Callable[[], tuple[int, Any]]) -> Response:
        try:
            return super().once(request, act)
        except IntegrityError as error:
            if DAY_FLIPPED in str(error):
                raise Unavailable from error
            raise
