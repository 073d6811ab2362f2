"""test_system_calls: what a run asks of the system: no network, no other program, no file but its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.running import DAY, SAMPLE, SAMPLE_CONFIG

CALLS = "trace=%network,execve,execveat,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2"
CALLS += ",link,linkat,symlink,symlinkat,truncate,unlink,unlinkat,rmdir,mknod,mknodat,chmod,fchmodat"
NETWORK = ("socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "recvfrom")
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
LINE = re.compile(
    r"^\d+ +(?P<call>\w+)\((?P<arguments>.*?)(?: <unfinished \.\.\.>|\) += +(?P<result>-?\d+).*)$",
    re.MULTILINE,
)
PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<name>(?:[^"\\]|\\.)*)"')
EVENTS, ENRICHED = ROOT / "sample_data" / "events.csv", ROOT / "configs" / "activity_log.yml"


@cache
def can_trace() -> bool:
    strace = shutil.which("strace")
    return bool(strace) and subprocess.run([str(strace), "-f", "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not can_trace(), reason="strace is not here, or may not trace")


def calls_of(folder: Path, *arguments: object, code: int = 0) -> list[tuple[str, str]]:
    """The calls of a run that did not fail, each with its arguments."""
    trace, cached = folder / "trace", folder / "cache"
    done = subprocess.run(
        ["strace", "-f", "-y", "-s", "4096", "-o", trace, "-e", CALLS,
         sys.executable, "-m", "leadscore", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(cached)},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    found = LINE.finditer(trace.read_text(encoding="utf-8", errors="replace"))
    return [(each["call"], each["arguments"]) for each in found if int(each["result"] or 0) >= 0]


def score(
    folder: Path, export: object = SAMPLE, config: Path = SAMPLE_CONFIG, *options: object
) -> Sequence[object]:
    return ("score", export, "-c", config, "-o", folder / "runs" / "out", "--as-of", DAY, *options)


def large_export(folder: Path) -> Path:
    """More than is read at once, so that it is kept for the next run."""
    header, *rows = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [f"{number}{row}" for number in range(1, 90) for row in rows]
    path = folder / "large.csv"
    path.write_text(header + "".join(rows), encoding="utf-8")
    assert path.stat().st_size > 4 << 20
    return path


def is_its_own(path: Path, folder: Path) -> bool:
    """The output, what stands beside it until it is whole, its lock, and the cache."""
    runs, kept = folder / "runs", folder / "cache"
    if path in (runs, kept) or path.is_relative_to(kept):
        return True
    beside = path.relative_to(runs).parts[0] if path.is_relative_to(runs) else ""
    return beside == "out" or beside.startswith(".out.")


def written_paths(calls: Sequence[tuple[str, str]]) -> set[Path]:
    """Every path that a call makes, changes or removes."""
    changing = [
        (call, arguments)
        for call, arguments in calls
        if not call.startswith("exec") and (not call.startswith("open") or WRITING.search(arguments))
    ]
    return {path for call, arguments in changing for path in _paths(call, arguments)} - {Path(os.devnull)}


def _paths(call: str, arguments: str) -> list[Path]:
    paths = [ROOT / (each["folder"] or "") / each["name"] for each in PATH.finditer(arguments)]
    return paths[-1:] if call.startswith("symlink") else paths  # what a link says is no path that is changed


CASES: dict[str, tuple[object, ...]] = {
    "csv": (),
    "parquet": ("--format", "parquet", "--format", "csv"),
    "the log of events": ("--events", EVENTS),
}


@pytest.mark.parametrize("case", CASES)
def test_a_run_talks_to_nobody_starts_nothing_and_writes_only_its_own_files(
    case: str, tmp_path: Path
) -> None:
    config = ENRICHED if case == "the log of events" else SAMPLE_CONFIG
    calls = calls_of(tmp_path, *score(tmp_path, SAMPLE, config, *CASES[case]))
    assert [call for call, _ in calls if call in NETWORK] == []
    assert len([call for call, _ in calls if call.startswith("exec")]) == 1
    paths = written_paths(calls)
    assert "manifest.json" in {path.name for path in paths}
    assert {path for path in paths if not is_its_own(path, tmp_path)} == set()


def test_a_large_file_is_kept_in_the_cache_and_nowhere_else(tmp_path: Path) -> None:
    export = large_export(tmp_path)
    for _ in range(2):
        calls = calls_of(tmp_path, *score(tmp_path, export))
        paths = written_paths(calls)
        assert {path for path in paths if not is_its_own(path, tmp_path)} == set()
    assert any((tmp_path / "cache").rglob("*"))


@pytest.mark.parametrize("path", ["http://127.0.0.1/leads.csv", "s3://leads/leads.csv", "ftp://x.test/a.csv"])
def test_a_url_is_a_path_that_is_not_there(path: str, tmp_path: Path) -> None:
    calls = calls_of(tmp_path, *score(tmp_path, path), code=4)
    assert [call for call, _ in calls if call in NETWORK] == []
    assert not (tmp_path / "runs" / "out").exists()
