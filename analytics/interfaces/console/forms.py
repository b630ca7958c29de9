"""The filter bars of the overview."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.domain.stages import STAGES
from tenants.forms import FilterForm, choice_field, day_field

PERIODS: Final = (7, 30, 90, 365)
USUAL_PERIOD: Final = 30
MONITORING_PERIODS: Final = (30, 90, 365)
USUAL_MONITORING_PERIOD: Final = 90


class OverviewFilter(FilterForm):
    """The period of the tiles, and the cohort of the funnel (days of entering the pool)."""

    days = choice_field(_("Period"), [(str(days), str(days)) for days in PERIODS])
    entered_from = day_field(_("Entered the pool from"))
    entered_to = day_field(_("Entered the pool to"))

    @property
    def period(self) -> int:
        return int(self.value("days") or USUAL_PERIOD)


class MonitoringFilter(FilterForm):
    """The period of applications and reasons; readings and cohorts have their own days."""

    days = choice_field(_("Period"), [(str(days), str(days)) for days in MONITORING_PERIODS])
    by = choice_field(_("Vintage by"), [("amount", _("Amount"))])

    @property
    def is_by_amount(self) -> bool:
        return bool(self.value("by"))

    @property
    def period(self) -> int:
        return int(self.value("days") or USUAL_MONITORING_PERIOD)


class FunnelFilter(FilterForm):
    stage = choice_field(_("Stage"), [(stage.key, _(stage.name)) for stage in STAGES])
    stopped = choice_field(_("Further on"), [("1", _("Got no further"))])
    entered_from = day_field(_("Entered the pool from"))
    entered_to = day_field(_("Entered the pool to"))
