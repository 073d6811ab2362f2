"""result: runs in the order of their days -> what has moved between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leadscore.analysis.trend.moves import Moves, find_moves
from leadscore.analysis.trend.runs import Run, find_runs
from leadscore.analysis.trend.values import NewValues, find_new_values
from leadscore.model.output import Checks
from leadscore.pipeline.alarms import (
    Alarm,
    are_set,
    find_alarms,
    say_untold,
    stability_of_rules,
    stability_of_score,
)
from leadscore.pipeline.check import INCOMPLETE
from leadscore.pipeline.snapshot import Named


@dataclass(frozen=True)
class Step:
    """One run, and how far it is from others; None where there is none, or one kept no figures."""

    run: Run
    psi: float | None
    """Of the score, against the run before."""
    psi_of_first: float | None
    """The same against the first run."""
    rules: Mapping[Named, float | None]
    """PSI of each rule that the run before has too: fires or does not."""
    same_config: bool
    """Whether the run before had a config that means the same."""


@dataclass(frozen=True)
class Trend:
    """Runs, earliest first, and what is different in the last one."""

    steps: tuple[Step, ...]
    moves: Moves | None
    """From the run before to the last one."""
    new_values: tuple[NewValues, ...]
    alarms: tuple[Alarm, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """5 where the last run is too far from the one before."""
        return INCOMPLETE if self.alarms else 0


def find_trend(named: Sequence[Path], checks: Checks | None) -> Trend:
    """Put the runs in these folders side by side.

    Figures are those of each run's summary.json; only of the last two the files of leads are read.
    ``checks``: of the config that says what is too far; None where nothing is watched. Raises InputError
    with all runs that are none, or were changed since they were written.
    """
    runs, notes = find_runs(named)
    moves: Moves | None = None
    new_values: tuple[NewValues, ...] = ()
    alarms: list[Alarm] = []
    if len(runs) > 1:
        before, now = runs[-2:]
        found = find_moves(before, now)
        if isinstance(found, str):
            notes.append(found)
        else:
            moves, new_values = found, tuple(find_new_values(before, now))
        alarms = find_alarms(before.shot, now.shot, checks) if checks else []
    notes += _say_watched(runs, checks)
    return Trend(tuple(_steps(runs)), moves, new_values, tuple(alarms), tuple(notes))


def _steps(runs: Sequence[Run]) -> list[Step]:
    steps = []
    for place, run in enumerate(runs):
        before = runs[place - 1] if place else None
        steps.append(
            Step(
                run,
                stability_of_score(before.shot, run.shot) if before else None,
                stability_of_score(runs[0].shot, run.shot) if before else None,
                stability_of_rules(before.shot, run.shot) if before else {},
                before is None or before.model == run.model,
            )
        )
    return steps


def _say_watched(runs: Sequence[Run], checks: Checks | None) -> list[str]:
    """Why there cannot be an alarm, if so."""
    if checks is None:
        return []
    if not are_set(checks):
        return ["the config sets neither checks.psi_above nor checks.missing_rise, so nothing is watched"]
    if len(runs) < 2:
        return ["there is one run only, so that nothing can be too far from the run before"]
    return [told for run in runs[-2:] if (told := say_untold(run.shot))]
