"""test_progress: how far a run is stands on a terminal, after two seconds, and nowhere else."""

from __future__ import annotations

import io

import pytest

from leadscore.commands.common import show_progress
from leadscore.views.progress import open_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> io.StringIO:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.stderr", stream)
    return stream


def test_a_quick_run_shows_nothing(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    stream = shown(monkeypatch, Terminal())
    with open_progress() as tell:
        tell("rows read", 1_000, 0.5)
        clock[0] += 1.9
        tell("rows read", 2_000, 1.0)
    assert "rows read" not in stream.getvalue()


def test_after_two_seconds_each_thing_has_its_line(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    stream = shown(monkeypatch, Terminal())
    with open_progress() as tell:
        tell("reading", 1_000, 0.5)
        clock[0] += 2
        tell("reading", 1_234_567, 1.0)
        tell("writing", 77, 0.1)
    assert "reading" in stream.getvalue()
    assert "1,234,567 rows" in stream.getvalue()
    assert "77 rows" in stream.getvalue()
    longest = max(len(line) for line in stream.getvalue().replace("\x1b", "\n").splitlines())
    assert longest <= 90  # 80, and what says where the line begins


@pytest.mark.parametrize("wanted", [True, False])
def test_a_pipe_and_a_quiet_run_show_nothing(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], wanted: bool
) -> None:
    stream = shown(monkeypatch, io.StringIO() if wanted else Terminal())
    with show_progress(wanted) as tell:
        clock[0] += 60
        tell("reading", 1_000, 0.5)
    assert stream.getvalue() == ""
