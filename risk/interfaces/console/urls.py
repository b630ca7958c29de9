"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from risk.interfaces.console import alarms, scorecards, watch_list

urlpatterns: list[URLPattern | URLResolver] = [
    path("risk/alarms/<str:alarm_id>/<str:verb>", alarms.act, name="alarm-act"),
    path("risk/monitor-rules/<str:metric>", alarms.set_rule, name="monitor_rule-set"),
    path("risk/scorecards", scorecards.listing, name="scorecard-list"),
    path("risk/scorecards/register", scorecards.register, name="scorecard-register"),
    path("risk/scorecards/<str:scorecard_id>", scorecards.detail, name="scorecard-detail"),
    path(
        "risk/scorecards/<str:scorecard_id>/card.json", scorecards.download, name="scorecard-file"
    ),
    path("risk/scorecards/<str:scorecard_id>/<str:verb>", scorecards.act, name="scorecard-act"),
    path("risk/watch-list", watch_list.listing, name="watch_entry-list"),
    path("risk/watch-list/add", watch_list.add, name="watch_entry-add"),
    path("risk/watch-list/<str:entry_id>/<str:verb>", watch_list.act, name="watch_entry-act"),
]
