"""Thirteen checks, each by facts, each in the guide."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from tenants.domain.go_live import CHECKS, GoLiveFacts, passed

GUIDES = Path(__file__).resolve().parents[3] / "docs" / "partners"
NOTHING = GoLiveFacts(
    signed=False, signature_fixed=False, rsa_key=False, orders=False, origins=False,
    entry_asked=False, captured=False, repaid=False, canceled=False, refunded=False,
    replayed=False, delivered_today=False, redelivered=False, file_fetched=False,
    bureau_connected=False,
)  # fmt: skip
NEEDS = {
    "signed_request": {"signed"},
    "signature_error_fixed": {"signature_fixed"},
    "rsa_key": {"rsa_key"},
    "orders_pushed": {"orders"},
    "origins_set": {"origins"},
    "entry_asked": {"entry_asked"},
    "drawdown_repaid": {"captured", "repaid"},
    "drawdown_undone": {"canceled", "refunded"},
    "request_repeated": {"replayed"},
    "webhook_delivered": {"delivered_today"},
    "webhook_redelivered": {"redelivered"},
    "file_fetched": {"file_fetched"},
    "bureau_connected": {"bureau_connected"},
}


def test_nothing_seen_passes_nothing_and_everything_passes_all() -> None:
    assert passed(NOTHING) == ()
    everything = GoLiveFacts(**dict.fromkeys(GoLiveFacts.__dataclass_fields__, True))
    assert passed(everything) == tuple(NEEDS) == tuple(check.code for check in CHECKS)
    assert len(CHECKS) == 13


@pytest.mark.parametrize("code", NEEDS)
def test_each_check_needs_just_its_own_facts(code: str) -> None:
    assert passed(replace(NOTHING, **dict.fromkeys(NEEDS[code], True))) == (code,)
    for fact in NEEDS[code]:
        short = NEEDS[code] - {fact}
        assert passed(replace(NOTHING, **dict.fromkeys(short, True))) == ()


def test_the_guide_says_what_the_code_checks() -> None:
    text = (GUIDES / "going-live.md").read_text()
    line = r"^\| \d+ \| `(\w+)` \| (.+?) \| (.+?) \| \[.+?\]\((.+?)\) \|$"
    rows = re.findall(line, text, re.MULTILINE)
    with override("zh-hans"):
        wanted = [(one.code, one.title, gettext(one.title), one.guide) for one in CHECKS]
    assert rows == wanted
    for _, english, chinese, guide in rows:
        assert english != chinese
        assert (GUIDES / guide).exists()
