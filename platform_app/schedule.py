"""Every periodic job in one table: what runs, and how often."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "relay the outbox": {"task": "kernel.relay_dispatches", "schedule": timedelta(seconds=5)},
    "send due webhooks": {"task": "tenants.send_webhooks", "schedule": timedelta(seconds=5)},
    "write the request log": {
        "task": "tenants.write_api_requests",
        "schedule": timedelta(seconds=3),
    },
    "purge the request log": {
        "task": "tenants.purge_api_requests",
        "schedule": crontab(hour="3", minute="20"),
    },
    "resume replays": {"task": "tenants.resume_replays", "schedule": timedelta(minutes=2)},
    "resume imports": {"task": "tenants.resume_imports", "schedule": timedelta(minutes=5)},
    "decide applications": {"task": "credit.decide_applications", "schedule": timedelta(minutes=2)},
    "pursue funding": {"task": "credit.sweep_funding", "schedule": timedelta(seconds=30)},
    "pursue signatures": {"task": "credit.sweep_signatures", "schedule": timedelta(seconds=30)},
    "close yesterday": {"task": "credit.close_days", "schedule": crontab(minute="5")},
    "ask for unknown debits": {"task": "credit.ask_debits", "schedule": timedelta(minutes=2)},
    "reconcile": {"task": "credit.reconcile", "schedule": crontab(minute="35")},
    "work collections": {"task": "credit.work_collections", "schedule": crontab(minute="20")},
    "refresh features": {
        "task": "analytics.refresh_features",
        "schedule": crontab(hour="3", minute="10"),
    },
    "monitor risk": {
        "task": "analytics.monitor_risk",
        "schedule": crontab(hour="3", minute="40"),
    },
    "expected loss": {
        "task": "analytics.book_expected_loss",
        "schedule": crontab(hour="3", minute="50"),
    },
    "remind merchants": {
        "task": "credit.remind_merchants",
        "schedule": crontab(hour="9-19", minute="*/15"),
    },
    "tell what is not captured": {
        "task": "credit.tell_uncaptured",
        "schedule": crontab(hour="9", minute="10"),
    },
    "score merchants": {
        "task": "credit.score_merchants",
        "schedule": crontab(hour="2", minute="10"),
    },
    "resume score runs": {"task": "credit.resume_score_runs", "schedule": timedelta(minutes=5)},
    "review limits": {"task": "credit.review_limits", "schedule": crontab(hour="4", minute="30")},
    "prove entities": {"task": "credit.prove_entities", "schedule": crontab(hour="2", minute="50")},
    "find linked merchants": {"task": "risk.find_fraud", "schedule": crontab(hour="4", minute="0")},
    "policies whose day has come": {
        "task": "risk.put_due_policies_in_force",
        "schedule": timedelta(minutes=1),
    },
    "expire unanswered requests": {
        "task": "credit.expire_asks",
        "schedule": crontab(hour="0", minute="40"),
    },
    "season": {"task": "credit.grant_seasonal_limits", "schedule": crontab(hour="5", minute="0")},
    "end coupons": {"task": "campaigns.tend_coupons", "schedule": crontab(hour="1", minute="10")},
    "tend referrals": {
        "task": "campaigns.tend_referrals",
        "schedule": crontab(hour="5", minute="40"),
    },
    "tell which keys end": {
        "task": "tenants.tell_key_ends",
        "schedule": crontab(hour="9", minute="5"),
    },
    "changes of accounts": {
        "task": "tenants.work_account_changes",
        "schedule": timedelta(minutes=5),
    },
    "resume pool imports": {
        "task": "campaigns.resume_pool_imports",
        "schedule": timedelta(minutes=5),
    },
    "tend pools": {"task": "campaigns.tend_pools", "schedule": crontab(hour="5", minute="20")},
    "tend sandboxes": {"task": "credit.tend_sandboxes", "schedule": timedelta(minutes=1)},
    "resume test clocks": {
        "task": "analytics.resume_test_clocks",
        "schedule": timedelta(minutes=1),
    },
    "event partitions": {
        "task": "kernel.ensure_partitions",
        "schedule": crontab(hour="3", minute="0"),
    },
}
