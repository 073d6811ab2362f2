"""engine_world: an earlier result, a run on an engine beside it, and what became of both."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.cluster import processes_of
from tests.conftest import ROOT
from tests.engines import differences, job_of
from tests.running import Ended, files_in, run_alone

Found = TypeVar("Found")
CANARY = "CANARYCELL"
MODEL = """
name: test
id: id
fields:
  company: {type: text}
  visits: {type: number}
groups:
  fit:
    rules:
      - {name: visits, kind: count, field: visits, each: 0.25, cap: 40}
tiers: [{name: High, min_score: 5}, {name: Low}]
rank_by: [score, visits, company]
"""
BAD_WORDS = ("Traceback", "a bug in leadscore", "Exception in thread", " WARN ", " ERROR ", CANARY)


@dataclass(frozen=True)
class World:
    """A folder with an export in several files, a config, and the result of an earlier run."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "place" / "out"

    def command(self, *options: object) -> list[str]:
        exports = sorted(map(str, self.folder.glob("leads*.csv")))
        config = str(self.folder / "model.yml")
        fixed = ("-c", config, "-o", str(self.out), "--as-of", "2026-06-30", "-q", "--engine", "spark")
        return ["score", *exports, *fixed, *map(str, options)]

    def hidden(self) -> list[str]:
        """What is beside the result."""
        return [path.name for path in self.out.parent.iterdir() if path != self.out]

    def logs(self) -> list[Path]:
        """What engines said, where it was kept."""
        return sorted((self.folder / "tmp").glob("leadscore-engine-*"))


def make_world(folder: Path, rows: int = 3_000, files: int = 4) -> World:
    (folder / "tmp").mkdir(parents=True)
    lines = [
        f"{CANARY}{number:06d},{CANARY} {number % 50},{number * 7 % 40}\n" for number in range(rows * files)
    ]
    for file in range(files):
        text = "id,company,visits\n" + "".join(lines[file * rows : (file + 1) * rows])
        (folder / f"leads{file}.csv").write_text(text)
    (folder / "model.yml").write_text(MODEL)
    world = World(folder)
    old = run_alone(*_without_engine(world), timeout=120)
    assert old.code == 0, old
    return world


def _without_engine(world: World) -> list[str]:
    """An earlier run on the first file alone."""
    command = world.command()
    first = command.index("-c")
    kept = [part for part in command[first:] if part not in ("--engine", "spark")]
    return ["score", command[1], *kept]


@contextmanager
def started(
    world: World, *options: object, command: Sequence[str] = (), **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, at the head of a session; nothing of it is left in the end."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(world.folder / "tmp"), **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "leadscore", *(command or world.command(*options))],
        cwd=world.folder, env=settings, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        for number in processes_of(process.pid):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=240)
    return Ended(process.returncode, out, err)


def wait_for(find: Callable[[], Found], process: subprocess.Popen[str]) -> Found:
    end = time.monotonic() + 120
    while not (found := find()):
        assert process.poll() is None, "the run ended before what the test waits for"
        assert time.monotonic() < end, "what the test waits for does not come"
        time.sleep(0.02)
    return found


def in_one_sentence(end: Ended, code: int) -> str:
    assert end.code == code, end
    assert end.stdout == ""
    assert not [word for word in BAD_WORDS if word in end.said], end
    assert len(end.stderr.splitlines()) == 1, end
    return end.stderr


def python_workers(run: subprocess.Popen[str]) -> list[int]:
    """The processes that work for the engine of a run: not the one that forks them."""
    return [number for number in below(run.pid) if _is_python_worker(number)]


def below(process: int) -> list[int]:
    """What a process started, and what that started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    found, ends = [], [process]
    while ends:
        ends = [number for number, parent in parents.items() if parent in ends]
        found += ends
    return sorted(found)


def _is_python_worker(number: int) -> bool:
    with suppress(OSError):
        path = Path("/proc", str(number))
        parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
        own, above = ((place / "cmdline").read_bytes() for place in (path, Path("/proc", parent)))
        return b"pyspark.daemon" in own and b"pyspark.daemon" in above
    return False


def stages(world: World) -> list[Path]:
    """Results that are not published yet."""
    return list(world.out.parent.glob(".out.stage-*"))


def job_in(world: World, out: Path) -> Any:
    return job_of(world.folder / "model.yml", sorted(world.folder.glob("leads*.csv")), out)


def is_whole(world: World, old: dict[str, bytes]) -> str:
    """What stands there is the old result, or the new one with every line and every figure."""
    if files_in(world.out) == old:
        return "old"
    from leadscore.pipeline.job import Run
    from leadscore.pipeline.run import score_export

    here = score_export(job_in(world, world.folder / "local"))
    summary, manifest = (
        json.loads((world.out / name).read_text()) for name in ("summary.json", "manifest.json")
    )
    manifest["config"] = here.manifest["config"]  # the command knows the file's digest, the job here does not
    assert differences(here, Run(world.out, summary, manifest, 0)) == []
    return "new"
