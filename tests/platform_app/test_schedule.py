"""Every periodic job exists, every job asked for by name exists, and each has its sweep."""

import re
from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab, schedule

from platform_app.celery import APPS_WITH_TASKS, app
from platform_app.schedule import SCHEDULE

ROOT = Path(__file__).resolve().parents[2]
APPS = ("platform_app", "tenants", "risk", "credit", "campaigns", "analytics")
# Asked for by name, and found again by the periodic job on the right when the broker lost it.
SWEEPS = {
    "kernel.relay_dispatches": "kernel.relay_dispatches",
    "tenants.send_webhooks": "tenants.send_webhooks",
    "tenants.work_account_changes": "tenants.work_account_changes",
    "tenants.import_file": "tenants.resume_imports",
    "tenants.replay_webhooks": "tenants.resume_replays",
    "credit.decide_application": "credit.decide_applications",
    "credit.match_flows": "credit.reconcile",
    "credit.send_debit": "credit.ask_debits",
    "credit.pursue_funding": "credit.sweep_funding",
    "credit.pursue_signature": "credit.sweep_signatures",
    "credit.score_chunk": "credit.resume_score_runs",
    "credit.rescore": "credit.score_merchants",
    "campaigns.import_pool": "campaigns.resume_pool_imports",
    "campaigns.prescreen_pool": "campaigns.tend_pools",
    "analytics.advance_test_clock": "analytics.resume_test_clocks",
}


def ours() -> set[str]:
    return {name for name in app.tasks if not name.startswith("celery.")}


def scheduled() -> set[str]:
    return {entry["task"] for entry in SCHEDULE.values()}


def asked_for() -> set[str]:
    wanted = re.compile(r'enqueue\(\s*"([a-z_.]+)"')
    files = [file for top in APPS for file in (ROOT / top).rglob("*.py")]
    return {name for file in files for name in wanted.findall(file.read_text())} - {
        "credit.tasks.x"
    }


def test_every_periodic_job_is_a_task_of_ours() -> None:
    assert scheduled() - ours() == set()
    assert app.conf.beat_schedule == SCHEDULE


def test_every_job_asked_for_is_a_task_of_ours() -> None:
    assert asked_for() - ours() == set()


def test_a_job_the_broker_lost_is_found_by_a_sweep() -> None:
    assert asked_for() == set(SWEEPS)
    assert {SWEEPS[name] for name in asked_for()} - scheduled() == set()


def test_a_task_is_named_after_its_app_and_its_function() -> None:
    for name in ours():
        module, function = name.split(".")
        task = app.tasks[name]
        assert task.run.__module__.split(".")[-2:] == [module, "tasks"]
        assert task.run.__name__ == function


def test_every_app_with_tasks_is_listed() -> None:
    found = {
        ".".join(file.relative_to(ROOT).parts[:-1])
        for top in APPS
        for file in (ROOT / top).rglob("tasks.py")
    }
    assert set(APPS_WITH_TASKS) == found


def test_each_entry_says_how_often() -> None:
    for entry in SCHEDULE.values():
        assert isinstance(entry["schedule"], timedelta | crontab | schedule)
