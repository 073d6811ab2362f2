"""report: what was measured, as two tables."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from tests.benchmarks.goals import Results, measures, spoken
from tests.benchmarks.timing import Costs

MEGABYTE = 1_000_000


def show(results: Results, console: Console) -> None:
    """What each program took, then how leadscore compares."""
    console.print(_programs(results))
    console.print(_ratios(results))


def _programs(results: Results) -> Table:
    table = Table(title="Whole programs, start to end", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("Program")
    for name in ("Seconds", "from", "to", "Processor", "Peak MB", "Runs"):
        table.add_column(name, justify="right")
    for name, (_, costs) in results.items():
        table.add_row(f"[bold]{'500 leads' if name == '500 leads' else spoken(name)}[/]")
        for program, cost in costs.items():
            table.add_row(f"  {program}", *_numbers(cost))
    return table


def _numbers(cost: Costs) -> list[str]:
    low, high = cost.spread
    times = [f"{seconds:.2f}" for seconds in (cost.wall, low, high, cost.cpu)]
    return [*times, f"{cost.memory / MEGABYTE:,.0f}", str(len(cost.runs))]


def _ratios(results: Results) -> Table:
    table = Table(title="leadscore / the other", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("Measure")
    for name in ("Ratio", "Goal", "of processor time"):
        table.add_column(name, justify="right")
    table.add_column("")
    for measure in measures(results):
        cpu = "" if measure.cpu is None else f"{measure.cpu:.2f}"
        goal = "" if measure.goal is None else f"{measure.goal:g}{measure.unit}"
        table.add_row(measure.what, f"{measure.value:.2f}{measure.unit}", goal, cpu, measure.met)
    return table
