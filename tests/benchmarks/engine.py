"""engine: what scoring on an engine takes, on a cluster of one worker and of more.

    python -m tests.benchmarks.engine [--leads 1000000 --events 10000000] [--workers 1 --workers 2]
                                      [--parts 16] [--format parquet] [--local] [--keep FOLDER]

Runs leadscore as a whole program on a Spark cluster of this machine, whose workers have one processor each,
and prints what it took, what each worker took, and what each stage of the engine did. With --local the same
is run without an engine, and both rankings must be the same, lead by lead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console

from leadscore.errors import LeadscoreError
from tests.benchmarks.agree import differences
from tests.benchmarks.cases import AS_OF, HERE, MODEL
from tests.benchmarks.data import export_parts, log_parts
from tests.benchmarks.engine_log import read_stages
from tests.benchmarks.engine_report import Run, show_run, show_runs
from tests.benchmarks.engine_watch import watch
from tests.benchmarks.timing import Program, ProgramFailedError, environment, run
from tests.cluster import HERE as HOST, local_cluster

WITH_EVENTS = HERE / "engine.yml"
_DEFAULTS = {
    "spark.eventLog.enabled": "true",
    "spark.eventLog.compress": "false",
    "spark.eventLog.rolling.enabled": "false",
}


def main() -> None:
    """Run what was asked for; print each run, and the table of all of them also where the last failed."""
    given = _arguments()
    console, runs = Console(width=160), []
    with tempfile.TemporaryDirectory() as passing:
        try:
            for made in _runs(given, Path(given.keep or passing).resolve()):
                runs.append(made)
                show_run(made, console)
        except (ProgramFailedError, LeadscoreError) as problem:
            raise SystemExit(str(problem)) from None
        finally:
            show_runs(runs, console)
            load = f"{os.getloadavg()[0]:.1f} programs at work at the end"
            console.print(f"{os.cpu_count()} processors, {load}.", markup=False, highlight=False)


def _runs(given: argparse.Namespace, folder: Path) -> Iterator[Run]:
    for leads, events in zip(given.leads, given.events, strict=True):
        case = _Case(given, leads, events, folder)
        if given.local:
            yield case.run_local()
        for workers in given.workers:
            yield case.run_on(workers)
            if given.local and (found := differences(case.out / "local", case.out / f"on_{workers}")):
                raise SystemExit("\n".join(["the rankings differ", *found]))


class _Case:
    """One export and its log, and the ways to score it."""

    def __init__(self, given: argparse.Namespace, leads: int, events: int, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._given, self._leads, self._events, self._folder = given, leads, events, folder
        self.out = folder / "out"
        suffix = f".{given.format}"
        export = export_parts(leads, given.parts, suffix, folder)
        self._logs = log_parts(events, leads, given.parts, suffix, folder) if events else []
        self._export = [str(part) for part in export]

    def run_local(self) -> Run:
        """Without an engine, in this process and with all processors."""
        program = Program("leadscore", self._arguments("local", "--no-cache"), self.out / "local")
        return Run(self._leads, self._events, run(program, self._folder / "cache"))

    def run_on(self, workers: int) -> Run:
        """On a cluster of so many workers."""
        shutil.rmtree(self.out / f"on_{workers}", ignore_errors=True)
        name = f"{self._leads}_{self._events}_on_{workers}"
        conf = self._configure(self._folder / "engine" / name)
        with local_cluster(workers, self._given.executor_memory) as cluster:
            engine = (
                "--engine",
                "spark",
                "--master",
                cluster.master,
                "--partitions",
                str(self._given.partitions),
            )
            settings = {"SPARK_CONF_DIR": str(conf), "SPARK_LOCAL_IP": HOST}
            watched = watch(
                self._arguments(f"on_{workers}", *engine),
                {**environment(self._folder / "cache"), **settings},
                cluster,
                conf / "said",
            )
        (log,) = (conf / "log").iterdir()
        return Run(self._leads, self._events, watched, read_stages(log))

    def _configure(self, conf: Path) -> Path:
        """Settings of the engine as an administrator gives them, and an empty folder for its log."""
        shutil.rmtree(conf, ignore_errors=True)
        (conf / "log").mkdir(parents=True)
        settings: Mapping[str, str] = {
            **_DEFAULTS,
            "spark.eventLog.dir": (conf / "log").as_uri(),
            "spark.driver.memory": self._given.driver_memory,
            "spark.executor.memory": self._given.executor_memory,
        }
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        (conf / "spark-defaults.conf").write_text("".join(lines), encoding="utf-8")
        return conf

    def _arguments(self, name: str, *extra: str) -> list[str]:
        model = self._given.config or (WITH_EVENTS if self._logs else MODEL)
        logs = [text for log in self._logs for text in ("--events", str(log))]
        self.out.mkdir(exist_ok=True)
        return [
            "-m", "leadscore", "score", *self._export, "-c", str(model), "-o", str(self.out / name),
            "--as-of", AS_OF, "--format", self._given.format, "--quiet", *logs, *extra,
        ]  # fmt: skip


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__)
    arguments.formatter_class = argparse.RawDescriptionHelpFormatter
    arguments.add_argument("--leads", type=int, action="append", help="may be given several times")
    arguments.add_argument("--events", type=int, action="append", help="once for each --leads; 0: no log")
    arguments.add_argument("--workers", type=int, action="append", help="may be given several times")
    arguments.add_argument("--parts", type=int, default=16, help="files of the export, and of the log")
    arguments.add_argument("--partitions", type=int, default=0, help="as leadscore's own option")
    arguments.add_argument("--format", choices=["csv", "parquet"], default="parquet")
    arguments.add_argument("--config", type=Path, help="another one than the benchmark's")
    arguments.add_argument("--local", action="store_true", help="also without an engine, and compare")
    arguments.add_argument("--executor-memory", default="3g", help="of the JVM of each worker")
    arguments.add_argument("--driver-memory", default="1g")
    arguments.add_argument("--keep", type=Path, help="a folder for the files, to use them again")
    given = arguments.parse_args()
    given.leads, given.events = given.leads or [1_000_000], given.events or [10_000_000]
    given.workers = given.workers or [1, 2]
    if len(given.leads) != len(given.events):
        arguments.error("--events is given as often as --leads")
    return given


if __name__ == "__main__":
    main()
