"""cluster: a real Spark cluster on this machine, of a master and workers of one processor each.

What runs in it is found in /proc, so it is one for Linux.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from leadscore.pipeline.spark.session import refuse_without_spark

ROOT = Path(__file__).parents[1]
HERE = "127.0.0.1"
_STARTED = re.compile(r"Starting Spark master at (spark://\S+)")
_REGISTERED = "Registering worker "
_EXECUTOR, _PYTHON = b"CoarseGrainedExecutorBackend", b"pyspark.daemon"
_PATIENCE = 120.0
"""Seconds that a cluster may take to start on a busy machine."""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Cluster:
    """Where it answers, and what runs in it. Its workers are numbered as they were started."""

    master: str
    workers: Sequence[int]
    """The processes that start executors."""

    def executors(self) -> list[list[int]]:
        """The JVMs that run tasks, by worker: one each while a program is connected."""
        return [processes_of(worker, _EXECUTOR) for worker in self.workers]

    def python_workers(self) -> list[list[int]]:
        """The Python processes below the executors, by worker: first the one that forks the others."""
        return [processes_of(worker, _PYTHON) for worker in self.workers]


@contextmanager
def local_cluster(workers: int, memory: str = "3g") -> Iterator[Cluster]:
    """A cluster until the block ends; nothing of it is left then. ``memory``: of executors, per worker.

    Tasks find leadscore in this checkout. Raises UsageError in one sentence where PySpark or Java is missing,
    TimeoutError with what it printed where the cluster does not start.
    """
    refuse_without_spark("spark://")
    with (
        tempfile.TemporaryDirectory(prefix="cluster-", ignore_cleanup_errors=True) as folder,
        ExitStack() as running,
    ):
        start = _starter(Path(folder), running)
        _, said = start("master", "master.Master", "--host", HERE, "--port", "0")
        address = _wait_for(lambda: _STARTED.search(said()), said)[1]
        options = ("--host", HERE, "--port", "0", "--cores", "1", "--memory", memory)
        started = [
            start(f"worker{number}", "worker.Worker", *options, address)[0] for number in range(workers)
        ]
        _wait_for(lambda: said().count(_REGISTERED) == workers or None, said)
        yield Cluster(address, started)


def _starter(folder: Path, running: ExitStack) -> Callable[..., tuple[int, Callable[[], str]]]:
    """What starts a server of the cluster and gives its process and what it prints."""
    import pyspark

    program = Path(pyspark.__path__[0], "bin", "spark-class")

    def start(name: str, server: str, *options: str) -> tuple[int, Callable[[], str]]:
        own = folder / name
        own.mkdir()
        log = own / "log"
        with log.open("wb") as output:
            # A session of its own: its process number marks whatever is started below it.
            process = subprocess.Popen(
                [program, f"org.apache.spark.deploy.{server}", "--webui-port", "0", *options],
                cwd=own, env=_environment(own), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        running.callback(_end, process)
        return process.pid, lambda: log.read_text(encoding="utf-8", errors="replace")

    return start


def _environment(own: Path) -> Mapping[str, str]:
    """Settings of this machine's own Spark, if it has one, are none of this one's."""
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    folders = {name: str(own) for name in ("SPARK_CONF_DIR", "SPARK_LOCAL_DIRS", "SPARK_WORKER_DIR")}
    return {**kept, **folders, "SPARK_LOCAL_IP": HERE, "SPARK_DAEMON_MEMORY": "256m", "PYTHONPATH": paths}


def _wait_for(find: Callable[[], Found | None], said: Callable[[], str]) -> Found:
    end = time.monotonic() + _PATIENCE
    while (found := find()) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"the cluster does not start: {said()[-3000:]}")
        time.sleep(0.1)
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and all that it started: nicely, so that they count as ended, then for certain."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    while left := processes_of(process.pid):
        for number in left:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)
    process.wait()


def processes_of(session: int, called: bytes = b"") -> list[int]:
    """What runs in a session and has this in its command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            # "number (name) state parent group session ...": the name may hold anything.
            state, _, _, own = (path / "stat").read_bytes().rpartition(b")")[2].split()[:4]
            if int(own) == session and state != b"Z" and called in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return sorted(found)
