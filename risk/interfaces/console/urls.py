"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from risk.interfaces.console import (
    alarms,
    challengers,
    entity_caps,
    expected_loss,
    experiments,
    features,
    findings,
    floors,
    policies,
    policy_editor,
    policy_simulator,
    reports,
    scorecards,
    watch_list,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("risk/alarms/<str:alarm_id>/<str:verb>", alarms.act, name="alarm-act"),
    path("risk/monitor-rules/<str:metric>", alarms.set_rule, name="monitor_rule-set"),
    path("risk/scorecards", scorecards.listing, name="scorecard-list"),
    path("risk/scorecards/register", scorecards.register, name="scorecard-register"),
    path("risk/scorecards/fit/<str:verb>", challengers.fit, name="scorecard-fit"),
    path("risk/challengers/<str:scorecard_id>", challengers.detail, name="challenger-detail"),
    path(
        "risk/challengers/<str:scorecard_id>/trees.json",
        challengers.download,
        name="challenger-file",
    ),
    path("risk/challengers/<str:scorecard_id>/<str:verb>", challengers.act, name="challenger-act"),
    path("risk/scorecards/<str:scorecard_id>", scorecards.detail, name="scorecard-detail"),
    path(
        "risk/scorecards/<str:scorecard_id>/card.json", scorecards.download, name="scorecard-file"
    ),
    path("risk/scorecards/<str:scorecard_id>/<str:verb>", scorecards.act, name="scorecard-act"),
    path("risk/reports", reports.listing, name="report-list"),
    path("risk/reports/source", reports.set_source, name="report_source-set"),
    path("risk/reports/fetch", reports.fetch, name="report-fetch"),
    path("risk/reports/source/<str:kind>/stop", reports.stop_source, name="report_source-stop"),
    path("risk/watch-list", watch_list.listing, name="watch_entry-list"),
    path("risk/watch-list/add", watch_list.add, name="watch_entry-add"),
    path("risk/watch-list/<str:entry_id>/<str:verb>", watch_list.act, name="watch_entry-act"),
    path("risk/expected-loss", expected_loss.show, name="expected_loss-show"),
    path(
        "risk/expected-loss/<str:run_id>/lines.csv",
        expected_loss.download,
        name="expected_loss-file",
    ),
    path("risk/experiments", experiments.listing, name="experiment-list"),
    path("risk/experiments/<str:experiment_id>/<str:verb>", experiments.act, name="experiment-act"),
    path("risk/linked", findings.listing, name="finding-list"),
    path("risk/linked/<str:finding_id>", findings.detail, name="finding-detail"),
    path("risk/linked/<str:finding_id>/<str:verb>", findings.act, name="finding-act"),
    path("risk/features", features.listing, name="feature-list"),
    path("risk/entity-caps", entity_caps.listing, name="entity_cap-list"),
    path("risk/entity-caps/<str:change_id>/<str:verb>", entity_caps.act, name="entity_cap-act"),
    path("risk/floors", floors.listing, name="floor-list"),
    path("risk/floors/<str:floor_id>/<str:verb>", floors.act, name="floor-act"),
    path("risk/policies", policies.listing, name="policy-list"),
    path("risk/policies/<str:policy_id>", policies.detail, name="policy-detail"),
    path("risk/policies/<str:policy_id>/body.json", policies.download, name="policy-file"),
    path("risk/policies/<str:policy_id>/edit", policy_editor.edit, name="policy-edit"),
    path("risk/policies/<str:policy_id>/simulator", policy_simulator.page, name="policy-simulate"),
    path("risk/policies/<str:policy_id>/<str:verb>", policies.act, name="policy-act"),
]
