"""Where no view answers: a page for people, a problem for programs."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from platform_app import urls

pytestmark = pytest.mark.django_db


def _breaks(_: HttpRequest) -> HttpResponse:
    raise RuntimeError("nobody foresaw this")


urlpatterns = [
    path("api/v1/broken", _breaks),
    path("console/broken", _breaks),
    *urls.urlpatterns,
]
handler404 = "platform_app.failures.not_found"
handler500 = "platform_app.failures.failed"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/broken", 500, "internal_error"),
        ("/api/v1/nowhere", 404, "unknown_path"),
        ("/callbacks/nowhere", 404, "unknown_path"),
    ],
)
def test_a_program_is_told_in_its_own_form(address: str, status: int, code: str) -> None:
    answer = Client(raise_request_exception=False, headers={"accept-language": "en"}).get(address)
    said = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert said["retryable"] == (status == 500)
    assert said["request_id"] == answer["BT-Request-Id"]
    assert said["title"] == said["message_en"]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("/console/broken", 500), ("/nowhere", 404)])
def test_a_person_gets_a_page(address: str, status: int) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/html; charset=utf-8")
