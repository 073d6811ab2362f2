"""goals: the ratios that are measured, and what each should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.benchmarks.cases import COMPARED, DUCKDB, EVALUATED, FLOOR, OURS, RERUN, Case
from tests.benchmarks.timing import Costs

ASKED = {COMPARED: "two configs compared", EVALUATED: "evaluated"}
Results = Mapping[str, tuple[Case, dict[str, Costs]]]
"""Name of a case -> the case, and what its programs took."""

MILLION = 1_000_000
GOALS = {
    (f"csv {MILLION}", DUCKDB): 0.5,
    (f"csv {MILLION}", FLOOR): 0.9,
    (f"parquet {MILLION}", DUCKDB): 0.5,
    (f"parquet {MILLION}", FLOOR): 1.2,
    (f"csv {MILLION}", RERUN): 0.5,
    (f"csv {MILLION}", COMPARED): 1.5,
    (f"csv {MILLION}", EVALUATED): 1.5,
    (f"parquet {MILLION}", RERUN): 0.5,
    (f"events {10 * MILLION}", DUCKDB): 1.0,
    ("start", "pass"): 8.0,
}
MEMORY = 1.2
"""Of a CSV file of a million leads, in its own sizes."""
MEMORY_OF_TEN = 4_000_000_000
"""Of ten million, in bytes."""
TEN_TIMES = 11.0
"""Ten million leads against a million."""
MORE_THAN_IMPORTS = 0.3
"""Seconds that 500 leads may take beyond the imports."""


@dataclass(frozen=True)
class Measure:
    """One line of the table: what it is, how it came out, and the most it should be."""

    what: str
    value: float
    goal: float | None
    unit: str = ""
    cpu: float | None = None
    """The same of processor time, which other work on the machine changes less."""

    @property
    def met(self) -> str:
        """What it came to."""
        if self.goal is None:
            return ""
        return "met" if self.value <= self.goal else "not met"


def measures(results: Results) -> Iterator[Measure]:
    """Every line there is for what was run."""
    for name, (case, costs) in results.items():
        if name == "500 leads":
            more = costs[OURS].wall - costs["imports"].wall
            yield Measure("500 leads, whole command, more than the imports", more, MORE_THAN_IMPORTS, " s")
        else:
            yield from _times(name, costs)
        if name.startswith("csv ") and case.export is not None:
            yield from _memory(name, case.export.stat().st_size, costs[OURS].memory)
    yield from _tenfold(results)


def _times(name: str, costs: dict[str, Costs]) -> Iterator[Measure]:
    for peer, other in costs.items():
        if peer == OURS:
            continue
        what, above, below = f"{spoken(name)}: against {peer}", costs[OURS], other
        if peer == RERUN:
            what, above, below = f"{spoken(name)}: config edited, against the first run", other, costs[OURS]
        elif peer in ASKED:
            what, above, below = f"{spoken(name)}: {ASKED[peer]}, against one run", other, costs[OURS]
        goal = GOALS.get((name, peer))
        yield Measure(what, above.wall / below.wall, goal, cpu=above.cpu / below.cpu)


def _memory(name: str, size: int, memory: int) -> Iterator[Measure]:
    goal = MEMORY if name == f"csv {MILLION}" else None
    yield Measure(f"{spoken(name)}: peak memory, sizes of the file", memory / size, goal)
    if name == f"csv {10 * MILLION}":
        yield Measure(f"{spoken(name)}: peak memory", memory / 1e9, MEMORY_OF_TEN / 1e9, " GB")


def _tenfold(results: Results) -> Iterator[Measure]:
    for form in ("csv", "parquet"):
        few, many = results.get(f"{form} {MILLION}"), results.get(f"{form} {10 * MILLION}")
        if few and many:
            ratio = many[1][OURS].wall / few[1][OURS].wall
            yield Measure(f"{form}: 10,000,000 leads against 1,000,000", ratio, TEN_TIMES)


def spoken(name: str) -> str:
    """A case's name with its number as one reads it: csv, 1,000,000 leads."""
    kind, _, count = name.partition(" ")
    if not count:
        return {"start": "--help"}.get(kind, kind)
    what = f"{int(count):,}"
    return f"{what} events" if kind == "events" else f"{kind}, {what} leads"
