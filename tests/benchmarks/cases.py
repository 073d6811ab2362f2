"""cases: what is run side by side, and on which files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.timing import ROOT, Program

HERE = Path(__file__).parent
MODEL, EVENTS_MODEL = HERE / "model.yml", HERE / "events.yml"
AS_OF = "2026-06-30"

OURS, RERUN, DUCKDB, FLOOR = "leadscore", "leadscore, config edited", "duckdb", "floor"
COMPARED, EVALUATED = "leadscore, two configs", "leadscore, evaluate"
PEERS = {
    DUCKDB: "duckdb_sql",
    "polars": "polars_",
    FLOOR: "floor",
    "pandas": "plain_pandas",
    "rows": "row_by_row",
}
SLOW = {"pandas": 1_000_000, "rows": 1_000_000}
"""From so many leads on they are run once, and above that not at all."""
EDIT = "groups.fit.rules.industry.otherwise=0.5"


@dataclass(frozen=True)
class Case:
    """Programs that do the same, on the same file."""

    name: str
    programs: Sequence[Program]
    export: Path | None = None
    out: Path | None = None

    @property
    def agreeing(self) -> list[Path]:
        """The folders that must hold the same ranking, leadscore's first."""
        if self.out is None:
            return []
        apart = (FLOOR, RERUN, COMPARED, EVALUATED)
        return [self.out / program.name for program in self.programs if program.name not in apart]


def scoring(count: int, export: Path, folder: Path, peers: Sequence[str]) -> Case:
    """The whole job with the model of 23 rules, once more with a point changed, what that changes, and
    what the outcomes say of it."""
    suffix = export.suffix.removeprefix(".")
    out = folder / "out"
    programs = [
        _leadscore(OURS, export, out, MODEL, fresh=[folder / "cache"]),
        _leadscore(RERUN, export, out, MODEL, "--set", EDIT),
        _asking(COMPARED, "compare", export, "--set", EDIT),
        _asking(EVALUATED, "evaluate", export),
        *_peers(count, export, out, peers),
    ]
    return Case(f"{suffix} {count}", programs, export, out)


def events(count: int, onto: int, export: Path, log: Path, folder: Path, peers: Sequence[str]) -> Case:
    """An activity log of so many events onto so many leads, with decay."""
    out = folder / "out"
    extra = ("--events", str(log))
    programs = [
        _leadscore(OURS, export, out, EVENTS_MODEL, *extra, fresh=[folder / "cache"]),
        *_peers(onto, export, out, [name for name in peers if name in WITH_EVENTS], *extra),
    ]
    return Case(f"events {count}", programs, export, out)


WITH_EVENTS = (DUCKDB, "polars", "pandas")


def starting() -> Case:
    """How long it takes to say what there is to say."""
    return Case("start", [Program(OURS, ["-m", "leadscore", "--help"]), Program("pass", ["-c", "pass"])])


def small(folder: Path) -> Case:
    """The sample's 500 leads against what has to be imported to read them."""
    export, out = ROOT / "sample_data" / "leads.csv", folder / "out"
    imports = Program("imports", ["-c", "import pandas, pyarrow, pyarrow.csv"])
    ours = _leadscore(OURS, export, out, ROOT / "configs" / "b2b_saas.yml", fresh=[folder / "cache"])
    return Case("500 leads", [ours, imports])


def _leadscore(
    name: str, export: Path, out: Path, model: Path, *extra: str, fresh: Sequence[Path] = ()
) -> Program:
    own = out / name
    arguments = ["-m", "leadscore", "score", str(export), "-c", str(model), "-o", str(own), "--as-of", AS_OF]
    form = ["--format", export.suffix.removeprefix("."), "--quiet"]
    return Program(name, [*arguments, *form, *extra], own, fresh)


def _asking(name: str, command: str, export: Path, *extra: str) -> Program:
    """A question about the same leads; nothing is kept of the file, as in the first run."""
    arguments = ["-m", "leadscore", command, str(export), "-c", str(MODEL), "--as-of", AS_OF, *extra]
    return Program(name, [*arguments, "--json", "--no-cache"])


def _peers(count: int, export: Path, out: Path, names: Sequence[str], *extra: str) -> Iterator[Program]:
    for name in names:
        limit = SLOW.get(name, sys.maxsize)
        if count <= limit:
            program = f"tests.benchmarks.peers.{PEERS[name]}"
            own = out / name
            yield Program(name, ["-m", program, str(export), str(own), *extra], own, once=count == limit)
