"""The tables of risk in the back office."""

from django.contrib import admin

from platform_app.kernel.back_office import RowsAdmin, TenantFilter, TenantRowsAdmin
from risk.models import (
    Decision,
    ExposureBucket,
    FeatureMark,
    FeatureSetVersion,
    FeatureSnapshot,
    MonitorReading,
    MonitorRule,
    MonthlyAgg,
    Override,
    PercentileTable,
    Policy,
    PolicyApproval,
    PolicyBackTest,
    PolicyFloor,
    PolicyFunder,
    RiskAlarm,
    Scorecard,
    ScorecardApproval,
    ShadowDecision,
    WatchEntry,
)


@admin.register(Decision)
class DecisionAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant_id", "purpose", "score", "grade", "outcome", "limit_minor",
        "annual_rate", "decided_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "purpose", "outcome", "grade")


@admin.register(ExposureBucket)
class ExposureBucketAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "name", "slice_no", "cap_minor", "used_minor")
    search_fields = ("name__exact",)


@admin.register(FeatureMark)
class FeatureMarkAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "known_until", "seen_until", "orders_known_at")
    list_filter = (TenantFilter,)


@admin.register(FeatureSetVersion)
class FeatureSetVersionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "sha256", "at")
    list_filter = (TenantFilter,)


@admin.register(FeatureSnapshot)
class FeatureSnapshotAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "on", "missing", "sha256")
    list_filter = (TenantFilter,)


@admin.register(MonthlyAgg)
class MonthlyAggAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "month", "net_minor", "returned_minor", "placed_count",
        "returned_count", "known_until",
    )  # fmt: skip
    list_filter = (TenantFilter,)


@admin.register(PercentileTable)
class PercentileTableAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "known_until", "category", "feature", "merchant_count")
    list_filter = (TenantFilter, "feature")


@admin.register(Override)
class OverrideAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "decision", "direction", "from_outcome", "to_outcome", "suggested_minor",
        "limit_minor", "reason_code", "by", "second_by", "at", "expires_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "direction", "reason_code")


@admin.register(Policy)
class PolicyAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "version", "status", "sha256", "drafted_by", "shadow_at", "in_force_at",
        "created_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(PolicyApproval)
class PolicyApprovalAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "policy", "kind", "round", "actor", "at")
    list_filter = (TenantFilter, "kind")


@admin.register(PolicyBackTest)
class PolicyBackTestAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "policy", "in_force", "since", "until", "run_by", "run_at")
    list_filter = (TenantFilter,)


@admin.register(PolicyFloor)
class PolicyFloorAdmin(RowsAdmin):
    list_display = (
        "id", "layer", "funder", "version", "status", "sha256", "proposed_by", "approved_by",
        "in_force_at",
    )  # fmt: skip
    list_filter = ("layer", "status")


@admin.register(PolicyFunder)
class PolicyFunderAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "funder", "bound_by", "bound_at")
    list_filter = (TenantFilter,)


@admin.register(ShadowDecision)
class ShadowDecisionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "decision", "policy", "grade", "outcome", "limit_minor")
    list_filter = (TenantFilter, "outcome")


@admin.register(Scorecard)
class ScorecardAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "version", "status", "sha256", "drafted_by", "in_force_at", "created_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(ScorecardApproval)
class ScorecardApprovalAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "scorecard", "kind", "actor", "at")
    list_filter = (TenantFilter, "kind")


@admin.register(MonitorReading)
class MonitorReadingAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "on", "metric", "subject", "value", "low", "high", "n", "limit", "state",
    )  # fmt: skip
    list_filter = (TenantFilter, "metric", "state")


@admin.register(MonitorRule)
class MonitorRuleAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "metric", "limit", "stops_auto_approval")
    list_filter = (TenantFilter, "metric")


@admin.register(RiskAlarm)
class RiskAlarmAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "metric", "subject", "status", "stops_auto_approval", "opened_at",
        "closed_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "metric", "status")


@admin.register(WatchEntry)
class WatchEntryAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "kind", "reason_code", "status", "from_on", "expires_on",
        "added_by", "ended_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind", "status", "reason_code")
