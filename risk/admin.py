"""The tables of risk in the back office."""

from django.contrib import admin

from platform_app.kernel.back_office import RowsAdmin, TenantFilter, TenantRowsAdmin
from risk import models


@admin.register(models.ChallengerScore)
class ChallengerScoreAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "decision", "scorecard", "pd", "at")
    list_filter = (TenantFilter,)


@admin.register(models.Decision)
class DecisionAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant_id", "purpose", "score", "grade", "outcome", "limit_minor",
        "annual_rate", "decided_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "purpose", "outcome", "grade")


@admin.register(models.EclRow)
class EclRowAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "run", "line_id", "stage", "grade", "dpd_days", "ead_minor", "ecl_minor",
    )  # fmt: skip
    list_filter = (TenantFilter, "stage", "grade")


@admin.register(models.EclRun)
class EclRunAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "on", "line_count", "ead_minor", "ecl_minor", "actor", "at")
    list_filter = (TenantFilter,)


@admin.register(models.EntityExposure)
class EntityExposureAdmin(RowsAdmin):
    list_display = ("id", "entity_key", "cap_minor", "used_minor", "created_at")
    search_fields = ("entity_key__exact",)


@admin.register(models.EntityCapChange)
class EntityCapChangeAdmin(RowsAdmin):
    list_display = (
        "id", "exposure", "from_minor", "to_minor", "status", "proposed_by", "decided_by",
        "decided_at",
    )  # fmt: skip
    list_filter = ("status",)


@admin.register(models.ExposureBucket)
class ExposureBucketAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "name", "slice_no", "cap_minor", "used_minor")
    search_fields = ("name__exact",)


@admin.register(models.MaturedOutcome)
class MaturedOutcomeAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "decision", "cohort_on", "worst_dpd_days", "matured_on")
    list_filter = (TenantFilter,)


@admin.register(models.FeatureMark)
class FeatureMarkAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "known_until", "seen_until", "orders_known_at")
    list_filter = (TenantFilter,)


@admin.register(models.FeatureSetVersion)
class FeatureSetVersionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "sha256", "at")
    list_filter = (TenantFilter,)


@admin.register(models.FeatureSnapshot)
class FeatureSnapshotAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "on", "missing", "sha256")
    list_filter = (TenantFilter,)


@admin.register(models.MonthlyAgg)
class MonthlyAggAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "month", "net_minor", "returned_minor", "placed_count",
        "returned_count", "known_until",
    )  # fmt: skip
    list_filter = (TenantFilter,)


@admin.register(models.PercentileTable)
class PercentileTableAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "known_until", "category", "feature", "merchant_count")
    list_filter = (TenantFilter, "feature")


@admin.register(models.Override)
class OverrideAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "decision", "direction", "from_outcome", "to_outcome", "suggested_minor",
        "limit_minor", "reason_code", "by", "second_by", "at", "expires_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "direction", "reason_code")


@admin.register(models.Policy)
class PolicyAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "version", "status", "sha256", "drafted_by", "shadow_at", "in_force_at",
        "created_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.PolicyApproval)
class PolicyApprovalAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "policy", "kind", "round", "actor", "at")
    list_filter = (TenantFilter, "kind")


@admin.register(models.PolicyBackTest)
class PolicyBackTestAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "policy", "in_force", "since", "until", "run_by", "run_at")
    list_filter = (TenantFilter,)


@admin.register(models.PolicyFloor)
class PolicyFloorAdmin(RowsAdmin):
    list_display = (
        "id", "layer", "funder", "version", "status", "sha256", "proposed_by", "approved_by",
        "in_force_at",
    )  # fmt: skip
    list_filter = ("layer", "status")


@admin.register(models.PolicyFunder)
class PolicyFunderAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "funder", "bound_by", "bound_at")
    list_filter = (TenantFilter,)


@admin.register(models.ReportSource)
class ReportSourceAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "kind", "name", "url", "kept_days", "is_active")
    list_filter = (TenantFilter, "kind")


@admin.register(models.ReportRequest)
class ReportRequestAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "source", "on", "outcome", "detail", "asked_by", "asked_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "outcome")


@admin.register(models.Report)
class ReportAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "kind", "event_on", "known_at", "expires_on")
    list_filter = (TenantFilter, "kind")


@admin.register(models.ShadowDecision)
class ShadowDecisionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "decision", "policy", "grade", "outcome", "limit_minor")
    list_filter = (TenantFilter, "outcome")


@admin.register(models.Scorecard)
class ScorecardAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "version", "kind", "status", "sha256", "drafted_by", "in_force_at",
        "created_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind", "status")


@admin.register(models.ScorecardApproval)
class ScorecardApprovalAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "scorecard", "kind", "actor", "at")
    list_filter = (TenantFilter, "kind")


@admin.register(models.MonitorReading)
class MonitorReadingAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "on", "metric", "subject", "value", "low", "high", "n", "limit", "state",
    )  # fmt: skip
    list_filter = (TenantFilter, "metric", "state")


@admin.register(models.MonitorRule)
class MonitorRuleAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "metric", "limit", "stops_auto_approval")
    list_filter = (TenantFilter, "metric")


@admin.register(models.RiskAlarm)
class RiskAlarmAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "metric", "subject", "status", "stops_auto_approval", "opened_at",
        "closed_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "metric", "status")


@admin.register(models.WatchEntry)
class WatchEntryAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "kind", "reason_code", "status", "from_on", "expires_on",
        "added_by", "ended_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind", "status", "reason_code")


@admin.register(models.ScoreRun)
class ScoreRunAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "on", "as_of", "status", "is_current", "merchants_count", "chunks_count",
        "movers_count", "started_by", "finished_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.ScoreChunk)
class ScoreChunkAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "run", "number", "status", "attempt_count", "rows_count", "done_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.MerchantScore)
class MerchantScoreAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "run_id", "merchant_id", "score", "grade", "outcome", "limit_minor",
        "rescored_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "outcome", "grade")


@admin.register(models.Experiment)
class ExperimentAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "name", "status", "from_at", "until_at", "budget_minor", "spent_minor",
        "proposed_by", "started_by", "stopped_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.ExplorationGrant)
class ExplorationGrantAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "experiment", "merchant", "propensity", "pd", "limit_minor", "cost_minor",
        "granted_at",
    )  # fmt: skip
    list_filter = (TenantFilter,)


@admin.register(models.FraudFinding)
class FraudFindingAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "kind", "status", "found_at", "due_at", "decided_by", "decided_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind", "status")


@admin.register(models.MerchantTrait)
class MerchantTraitAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "kind", "masked", "seen_at")
    list_filter = (TenantFilter, "kind")
