"""engine_report: what runs on an engine took, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table

from tests.benchmarks.engine_log import Stage, join_alike, seconds_at_work
from tests.benchmarks.engine_watch import Used, Watched
from tests.benchmarks.report import MEGABYTE
from tests.benchmarks.timing import Cost


@dataclass(frozen=True)
class Run:
    """So many leads and events, where they were scored, and what that took."""

    leads: int
    events: int
    took: Watched | Cost
    """A Cost is that of a run without an engine."""
    stages: Sequence[Stage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.leads:,} leads, {self.events:,} events, workers: {self.workers}"

    @property
    def workers(self) -> str:
        """How many, or that there was no engine."""
        return str(len(self.took.workers)) if isinstance(self.took, Watched) else "none"


def show_run(run: Run, console: Console) -> None:
    """What each process took, and what each stage did."""
    if isinstance(run.took, Watched):
        console.print(_processes(run.name, run.took))
        console.print(_stages(run.stages))
        alone = run.took.wall - seconds_at_work(run.stages)
        console.print(
            f"For {alone:,.1f} of {run.took.wall:,.1f} seconds no worker was at work.", highlight=False
        )


def show_runs(runs: Sequence[Run], console: Console) -> None:
    """All runs below each other: rows, workers, time."""
    table = _table(
        "Whole programs, start to end", "Leads", "Events", "Workers", "Seconds", "Leads/s", "Tasks s"
    )
    for name in ("JVM s", "Python s", "Peak MB", "Shuffled MB", "Spilled MB"):
        table.add_column(name, justify="right")
    for run in runs:
        rate = f"{run.leads / run.took.wall:,.0f}"
        table.add_row(
            f"{run.leads:,}", f"{run.events:,}", run.workers, f"{run.took.wall:,.1f}", rate, *_took(run)
        )
    console.print(table)
    console.print("Tasks: seconds that workers were at work. Peak: of the largest worker.", highlight=False)


def _took(run: Run) -> list[str]:
    if isinstance(run.took, Cost):
        return ["", "", f"{run.took.cpu:,.0f}", _megabytes(run.took.memory), "", ""]
    workers = run.took.workers
    seconds = [
        sum(stage.seconds for stage in run.stages),
        sum(sum(worker.jvm.values()) for worker in workers),
        sum(sum(worker.python.values()) for worker in workers),
    ]
    moved = [sum(stage.shuffled for stage in run.stages), sum(stage.spilled for stage in run.stages)]
    amounts = [max(worker.peak for worker in workers), *moved]
    return [*(f"{each:,.0f}" for each in seconds), *map(_megabytes, amounts)]


def _processes(name: str, took: Watched) -> Table:
    table = _table(name, "", "Peak MB", "JVM s", "Python s", "Read MB", "Written MB")
    used: list[tuple[str, Used]] = [("driver", took.driver)]
    used += [(f"worker {number}", worker) for number, worker in enumerate(took.workers, start=1)]
    for who, each in used:
        seconds = [f"{sum(cpu.values()):,.0f}" for cpu in (each.jvm, each.python)]
        table.add_row(who, _megabytes(each.peak), *seconds, _megabytes(each.read), _megabytes(each.written))
    return table


def _stages(stages: Sequence[Stage]) -> Table:
    columns = ("Tasks", "From", "to", "Task s", "Longest", "JVM s", "Garbage s")
    table = _table("Its stages", "Asked for at", *columns)
    for name in ("Shuffled rows", "MB", "Spilled MB", "Python MB"):
        table.add_column(name, justify="right")
    table.add_column("Steps")
    start = min((stage.begun for stage in stages), default=0.0)
    for stage in join_alike(stages):
        times = [f"{stage.begun - start:,.1f}", f"{stage.ended - start:,.1f}"]
        table.add_row(stage.place, _tasks(stage), *times, *_numbers(stage), ", ".join(stage.steps))
    whole = Stage("all", ())
    for stage in stages:
        whole.add(stage)
    table.add_row(whole.place, _tasks(whole), "", "", *_numbers(whole))
    return table


def _tasks(stage: Stage) -> str:
    return f"{stage.tasks:,}" + (f", {stage.failed} failed" if stage.failed else "")


def _numbers(stage: Stage) -> list[str]:
    times = (stage.seconds, stage.longest, stage.cpu, stage.collecting)
    moved = (stage.shuffled, stage.spilled, stage.python)
    return [*(f"{each:,.1f}" for each in times), f"{stage.shuffled_rows:,}", *map(_megabytes, moved)]


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 0, 0, 1))
    table.add_column(first, justify="left" if others[0] != "Events" else "right")
    for name in others:
        table.add_column(name, justify="right")
    return table


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:,.0f}"
