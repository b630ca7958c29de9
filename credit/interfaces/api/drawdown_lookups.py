"""Looking drawdowns up: by our id, by the partner's number, by list."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import DrawdownStatus
from credit.errors import DrawdownNotFound, LineNotFound
from credit.interfaces.api.drawdowns import TAG, DrawdownOutput, body_now, body_of
from credit.models import Drawdown
from credit.queries.business_day import open_day
from platform_app.kernel.drf import ApiView, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import ListView, one, operation, page_of, query
from platform_app.kernel.rest_fields import known_id
from tenants.queries.merchants import merchant as find_merchant


@operation(
    "drawdown-show",
    tag=TAG,
    summary=gettext_noop("Look up a drawdown"),
    answer=DrawdownOutput,
    refusals=[NotFound],
)
class DrawdownShow(ApiView):
    def get(self, request: Request, drawdown_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        drawdown = one(Drawdown.objects.all(), drawdown_id, DrawdownNotFound)
        return Response(body_now(drawdown))


@operation(
    "drawdown-show-by-number",
    tag=TAG,
    summary=gettext_noop("Look up a drawdown by your number"),
    answer=DrawdownOutput,
    refusals=[NotFound],
)
class DrawdownShowByNumber(ApiView):
    def get(self, request: Request, external_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        rows = Drawdown.objects.filter(external_id=external_id.replace("\x00", ""))
        drawdown = rows.first()
        if drawdown is None:
            raise DrawdownNotFound
        return Response(body_now(drawdown))


@operation(
    "drawdown-list",
    tag=TAG,
    summary=gettext_noop("List drawdowns"),
    answer=page_of(DrawdownOutput),
    refusals=[NotFound],
    query=[
        query("merchant", gettext_noop("Only of this merchant.")),
        query("line", gettext_noop("Only of this credit line.")),
        query("status", ", ".join(DrawdownStatus.values)),
        query("order_no", gettext_noop("Only of this order.")),
        query("external_id", gettext_noop("Only with this number of yours.")),
    ],
)
class DrawdownList(ListView):
    def get(self, request: Request) -> Response:
        on = open_day()
        return page(request, _asked(request), lambda drawdown: body_of(drawdown, on))


def _asked(request: Request) -> QuerySet[Any]:
    asked, rows = request.query_params, Drawdown.objects.all()
    if asked.get("merchant"):
        rows = rows.filter(merchant_id=find_merchant(asked["merchant"]).id)
    if asked.get("line"):
        rows = rows.filter(line_id=known_id("lin", asked["line"], LineNotFound))
    for name in ("status", "order_no", "external_id"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name].replace("\x00", "")})
    return rows
