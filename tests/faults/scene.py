"""scene: one layout, every call of a run that publishes there, and a fault in each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.judge import Judge, make_judge
from tests.faults.starter import Starter
from tests.faults.strace import Call, calls_that_publish, run_traced, strike, struck
from tests.faults.worlds import Layout, arguments, copy_world, make_world


@dataclass
class Tally:
    """What became of many faults."""

    codes: Counter[int] = field(default_factory=Counter)
    """Exit code, below zero for a signal -> runs that had a fault."""
    missed: list[str] = field(default_factory=list)
    """Faults that did not come about."""
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ends = ", ".join(f"{code}: {runs}" for code, runs in sorted(self.codes.items()))
        false = sum("exit 0 and " in text for text in self.wrong)
        counts = f"{len(self.wrong)} wrong, {false} false success, {len(self.missed)} missed"
        return f"{self.codes.total()} faults (exit {ends}), {counts}"


@dataclass(frozen=True)
class Scene:
    """Where faults happen."""

    layout: Layout
    world: Path
    judge: Judge
    starter: Starter
    calls: tuple[Call, ...]

    def strike_each(self, faults: Iterable[tuple[Call, str]]) -> Tally:
        """A run for each fault, each followed by one without."""
        tally = Tally()
        for call, fault in faults:
            self._strike(call, fault, tally)
        return tally

    def _strike(self, call: Call, fault: str, tally: Tally) -> None:
        folder = copy_world(self.world, self.world.with_name(f"{self.world.name} struck"))
        said, log, command = folder / "said", folder / "log", arguments(self.layout)
        injections = (*self._all_along(call), strike(call, fault))
        ended = run_traced(self.starter, folder, said, command, log, *injections)
        where = f"{fault} at {call}"
        if not struck(log, ended, fault):
            tally.missed.append(where)
        tally.codes[ended.code] += 1
        wrong = self.judge.verdict(folder, ended) or self._next(folder)
        if wrong:
            tally.wrong.append(f"{where}: {wrong}")

    def _next(self, folder: Path) -> str:
        ended = self.starter.run(folder, folder / "said", arguments(self.layout))
        return self.judge.verdict_of_next(folder, ended)

    def _all_along(self, call: Call) -> tuple[str, ...]:
        """strace takes one fault for a call, so a call that fails all along cannot fail otherwise as well."""
        return tuple(fault for fault in self.layout.faults if not fault.startswith(f"{call.name}:"))


def make_scene(layout: Layout, starter: Starter, world: Path) -> Scene:
    """A scene with every call that a sound run makes."""
    make_world(world, layout, starter)
    judge = make_judge(layout, world, starter)
    folder = copy_world(world, world.with_name(f"{world.name} traced"))
    log = folder / "log"
    ended = run_traced(starter, folder, folder / "said", arguments(layout), log, *layout.faults)
    assert ended.code == 0, ended
    return Scene(layout, world, judge, starter, tuple(calls_that_publish(log)))
