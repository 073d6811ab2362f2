"""__main__: the benchmarks in one command.

    python -m tests.benchmarks [--leads 100000 --leads 1000000] [--events 10000000] [--runs 5]
                               [--only csv,parquet,events,start,small] [--keep FOLDER]

Runs leadscore and its peers as whole programs, in turns, and prints what each took and the ratios with
their goals. Before anything is timed every peer's ranking must be leadscore's, lead by lead.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from tests.benchmarks import cases
from tests.benchmarks.agree import differences
from tests.benchmarks.cases import Case
from tests.benchmarks.data import export_of, log_of
from tests.benchmarks.report import show
from tests.benchmarks.timing import Costs, ProgramFailedError, take_turns

KINDS = ("csv", "parquet", "events", "start", "small")


def main() -> None:
    """Run what was asked for and print the tables, also where the last of it failed."""
    given = _arguments()
    results: dict[str, tuple[Case, dict[str, Costs]]] = {}
    circumstances = _circumstances(given.runs)
    with tempfile.TemporaryDirectory() as passing:
        try:
            for case, costs in _measured(given, Path(given.keep or passing).resolve()):
                results[case.name] = case, costs
        except ProgramFailedError as problem:
            raise SystemExit(str(problem)) from None
        finally:
            console = Console(width=110)
            show(results, console)
            console.print(circumstances, markup=False, highlight=False)


def _measured(given: argparse.Namespace, folder: Path) -> Iterator[tuple[Case, dict[str, Costs]]]:
    folder.mkdir(parents=True, exist_ok=True)
    progress = Console(stderr=True)
    for case in _cases(given, folder):
        if case.out is not None:
            case.out.mkdir(exist_ok=True)
        progress.print(case.name, markup=False)
        agree = partial(check, case)
        yield case, take_turns(case.programs, given.runs, folder / "cache", agree, progress.print)


def _circumstances(runs: int) -> str:
    """What to know of the figures, taken before the first run."""
    load = f"{os.getloadavg()[0]:.1f} programs at work before the first run"
    named = ("pyarrow", "pandas", "duckdb", "polars")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in named if find_spec(name))
    python = platform.python_version()
    return f"Medians of {runs}. {os.cpu_count()} processors, {load}. Python {python}, {versions}."


def check(case: Case) -> None:
    """End here where a peer's ranking is not leadscore's."""
    if not case.agreeing:
        return
    ours, *peers = case.agreeing
    if found := [f"{peer.name}: {problem}" for peer in peers for problem in differences(ours, peer)]:
        raise SystemExit("\n".join([f"{case.name}: the rankings differ, so nothing was timed", *found]))


def _cases(given: argparse.Namespace, folder: Path) -> Iterator[Case]:
    for suffix in (kind for kind in ("csv", "parquet") if kind in given.only):
        for count in given.leads:
            export = export_of(count, f".{suffix}", given.quoting, folder)
            yield cases.scoring(count, export, folder, given.peers)
    if "events" in given.only:
        export = export_of(given.onto, ".csv", given.quoting, folder)
        log = log_of(given.events, given.onto, folder)
        yield cases.events(given.events, given.onto, export, log, folder, given.peers)
    if "start" in given.only:
        yield cases.starting()
    if "small" in given.only:
        yield cases.small(folder)


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    arguments.formatter_class = argparse.RawDescriptionHelpFormatter
    arguments.add_argument("--leads", type=int, action="append", help="may be given several times")
    arguments.add_argument("--events", type=int, default=10_000_000)
    arguments.add_argument("--onto", type=int, default=1_000_000, help="leads of the activity log")
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--quoting", choices=["all", "needed"], default="all", help="of CSV exports")
    arguments.add_argument("--only", type=_names(KINDS), default=KINDS, help=",".join(KINDS))
    arguments.add_argument(
        "--peers", type=_names(tuple(cases.PEERS)), default=tuple(cases.PEERS), help=",".join(cases.PEERS)
    )
    arguments.add_argument("--keep", type=Path, help="a folder for the files, to use them again")
    given = arguments.parse_args()
    given.leads = given.leads or [100_000, 1_000_000]
    return given


def _names(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        names = tuple(name.strip() for name in text.split(","))
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are {', '.join(known)}")
        return names

    return read


if __name__ == "__main__":
    main()
