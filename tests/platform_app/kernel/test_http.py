"""Each request has an id of its own, in the answer and for the log."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from platform_app.kernel import ids
from platform_app.kernel.http import RequestIdMiddleware, request_id_of


def test_the_id_is_in_the_request_the_answer_and_the_log() -> None:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        bound = structlog.contextvars.get_contextvars()["request_id"]
        seen.extend([request_id_of(request), bound])
        return HttpResponse()

    middleware = RequestIdMiddleware(view)
    first = middleware(RequestFactory().get("/", headers={"BT-Request-Id": "req_mine"}))
    second = middleware(RequestFactory().get("/"))
    assert seen == [first["BT-Request-Id"]] * 2 + [second["BT-Request-Id"]] * 2
    assert first["BT-Request-Id"] != second["BT-Request-Id"]
    assert ids.to_uuid("req", first["BT-Request-Id"]).version == 7
    assert "request_id" not in structlog.contextvars.get_contextvars()
    assert request_id_of(RequestFactory().get("/")) == ""
