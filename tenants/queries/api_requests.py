"""The log of requests: looking one up, and what it says about how an integration is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Aggregate, Count, IntegerField, Max, Q, QuerySet
from django.db.models.functions import TruncDay, TruncHour

from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from tenants.models import ApiRequest

OK: Final = Q(status__lt=400)
THEIRS: Final = Q(status__gte=400, status__lt=500)
OURS: Final = Q(status__gte=500)
CLASSES: Final = {"ok": OK, "4xx": THEIRS, "5xx": OURS}
HOURLY_UP_TO: Final = timedelta(days=2)


class P95(Aggregate):
    """The value that 95 of 100 do not exceed, one that occurred."""

    function = "percentile_disc"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class OperationFigures:
    """How one operation did: requests, refusals, failures of ours, milliseconds."""

    method: str
    route: str
    count: int
    theirs: int
    ours: int
    p95_ms: int
    last_at: datetime

    @property
    def error_rate(self) -> float:
        return (self.theirs + self.ours) / self.count

    @property
    def path_start(self) -> str:
        """What the paths of these requests have in common: up to the first named part."""
        return self.route.partition("{")[0]


@dataclass(frozen=True, slots=True)
class Bucket:
    """An hour, or a day in Shanghai: what was answered in it."""

    since: datetime
    ok: int
    theirs: int
    ours: int


def request(request_id: str) -> ApiRequest:
    """One request by its id. Raises NotFound, also when it is older than the log."""
    try:
        found: ApiRequest | None = ApiRequest.objects.filter(pk=request_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="request")
    return found


def list_requests(
    *,
    request_id: str = "",
    external_id: str = "",
    path: str = "",
    outcome: str = "",
    code: str = "",
    key_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Any]:
    """Requests that fit everything given. `outcome` is ok, 4xx or 5xx; an odd id fits nothing."""
    rows = ApiRequest.objects.filter(CLASSES.get(outcome, Q()))
    try:
        if request_id:
            rows = rows.filter(pk=request_id)
        if key_id:
            rows = rows.filter(key_id=key_id)
    except ValueError:
        return ApiRequest.objects.none()
    exact = {"external_id": external_id, "code": code, "path__startswith": path}
    moments = {"at__gte": since, "at__lt": until}
    wanted = {name: value for name, value in {**exact, **moments}.items() if value}
    return rows.filter(**wanted)


def operation_figures(since: datetime) -> Sequence[OperationFigures]:
    """Each operation asked for since then, the one with the most errors first; one aggregate."""
    rows = (
        ApiRequest.objects.filter(at__gte=since)
        .values("method", "route")
        .annotate(
            n=Count("pk"), theirs=Count("pk", filter=THEIRS), ours=Count("pk", filter=OURS),
            p95=P95("duration_ms"), last=Max("at"),
        )
        .order_by("-ours", "-theirs", "-n", "route", "method")
    )  # fmt: skip
    return [
        OperationFigures(
            row["method"], row["route"], row["n"], row["theirs"], row["ours"], row["p95"],
            row["last"],
        )
        for row in rows
    ]  # fmt: skip


def buckets(*, since: datetime, until: datetime) -> Sequence[Bucket]:
    """What was answered hour by hour (up to two days) or day by day, empty ones included."""
    is_hourly = until - since <= HOURLY_UP_TO
    step = timedelta(hours=1) if is_hourly else timedelta(days=1)
    cut = TruncHour if is_hourly else TruncDay
    rows = (
        ApiRequest.objects.filter(at__gte=since, at__lt=until)
        .annotate(slot=cut("at", tzinfo=clock.SHANGHAI))
        .values("slot")
        .annotate(
            good=Count("pk", filter=OK), theirs=Count("pk", filter=THEIRS),
            ours=Count("pk", filter=OURS),
        )
    )  # fmt: skip
    found = {row["slot"]: row for row in rows}
    slot = since.astimezone(clock.SHANGHAI).replace(minute=0, second=0, microsecond=0)
    slot = slot if is_hourly else slot.replace(hour=0)
    made = []
    while slot < until:
        row = found.get(slot, {"good": 0, "theirs": 0, "ours": 0})
        made.append(Bucket(slot, row["good"], row["theirs"], row["ours"]))
        slot += step
    return made
