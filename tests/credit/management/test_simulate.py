"""A simulated life: every invariant holds, a seed repeats it, and no kill changes its end."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from credit.operations import simulation, simulation_share


def simulate(**more: Any) -> dict[str, Any]:
    out = StringIO()
    wanted = {"days": 33, "merchants": 4, "seed": 5, "workers": 1, **more}
    call_command("simulate", **wanted, as_json=True, stdout=out, stderr=StringIO())
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_seed_repeats_a_life_and_kills_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation_share, "DRAWS", 0.1)
    for name in ("KILLS", "KILLS_CLOSE"):
        monkeypatch.setattr(simulation, name, 0.0)
    quiet = simulate()
    assert quiet["invariants"] is True
    assert set(quiet["checks"].values()) == {0}
    assert quiet["events"]["capture"] > 8
    assert "killed" not in quiet["faults"]
    for name in ("KILLS", "KILLS_CLOSE"):
        monkeypatch.setattr(simulation, name, 0.16)
    killed = simulate(workers=2)
    assert killed["faults"]["killed"] > 3
    same = ("drawdowns", "events", "amounts", "sha256", "invariants")
    assert {name: killed[name] for name in same} == {name: quiet[name] for name in same}


def test_a_simulation_needs_merchants() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("simulate", merchants=0)
