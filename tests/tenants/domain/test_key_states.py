"""How far a key is, to the second."""

from datetime import timedelta

from platform_app.kernel import clock
from tenants.domain.key_states import SOON, state_of
from tenants.enums import KeyState


def test_each_state_begins_at_its_moment() -> None:
    start = clock.moment_on(clock.today(), 10)
    end, second = start + timedelta(days=60), timedelta(seconds=1)

    def state(at: timedelta, *, awaits_second: bool = False) -> KeyState:
        return state_of(start, end, None, awaits_second=awaits_second, at=start + at)

    assert state(-second) == KeyState.COMING
    assert state(timedelta(0)) == KeyState.IN_FORCE
    assert state(end - start - SOON - second) == KeyState.IN_FORCE
    assert state(end - start - SOON) == KeyState.ENDING
    assert state(end - start - second) == KeyState.ENDING
    assert state(end - start) == KeyState.OVER
    assert state(timedelta(0), awaits_second=True) == KeyState.WAITING
    assert state_of(start, None, None, awaits_second=False, at=end) == KeyState.IN_FORCE
    assert state_of(start, end, start, awaits_second=True, at=start) == KeyState.REVOKED
