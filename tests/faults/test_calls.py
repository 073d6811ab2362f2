"""test_calls: whichever call a run is killed at or refused, the old result or the new one stands, whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.scene import Scene, Tally
from tests.faults.strace import ERRORS, KILL
from tests.faults.worlds import LAYOUTS, Layout

SceneOf = Callable[[Layout], Scene]
EVERY = 40
"""Of the many calls, so many are passed over in the short set; which, differs from layout to layout."""

each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


def check(tally: Tally, record: Callable[[str, object], None]) -> None:
    record("counted", str(tally))
    assert tally.wrong == []
    assert tally.missed == []


@each_layout
def test_a_run_killed_at_some_calls(
    scene_of: SceneOf, layout: Layout, record_property: Callable[[str, object], None]
) -> None:
    calls = scene_of(layout).calls[LAYOUTS.index(layout) :: EVERY]
    check(scene_of(layout).strike_each((call, KILL) for call in calls), record_property)


@each_layout
def test_a_run_that_is_refused_some_calls(
    scene_of: SceneOf, layout: Layout, record_property: Callable[[str, object], None]
) -> None:
    calls = scene_of(layout).calls[EVERY // 2 + LAYOUTS.index(layout) :: EVERY]
    faults = [(call, ERRORS[place % len(ERRORS)]) for place, call in enumerate(calls, LAYOUTS.index(layout))]
    check(scene_of(layout).strike_each(faults), record_property)


@pytest.mark.slow
@each_layout
@pytest.mark.parametrize("fault", [KILL, *ERRORS])
def test_a_run_that_any_fault_meets_at_any_call(
    scene_of: SceneOf, layout: Layout, fault: str, record_property: Callable[[str, object], None]
) -> None:
    scene = scene_of(layout)
    check(scene.strike_each((call, fault) for call in scene.calls), record_property)
