"""held: a run that is stopped where it holds its lock, and does nothing until it is let go."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection
from pathlib import Path

import pytest

LOCKS = Path("/proc/locks")
SECONDS = 60


def hold_first(runs: Collection[int]) -> int:
    """Stop the first of these runs that takes a lock, as the kernel tells; the others go on."""
    if not LOCKS.exists():
        pytest.skip("/proc/locks is not there: it cannot be seen who holds a lock")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for line in LOCKS.read_text().splitlines():
            _, kind, _, _, process, *_ = line.replace("-> ", "").split()
            if kind == "FLOCK" and int(process) in runs:
                os.kill(int(process), signal.SIGSTOP)
                return int(process)
    raise AssertionError("nobody has taken a lock")


def let_go(run: int) -> None:
    """It goes on as if nothing had been."""
    os.kill(run, signal.SIGCONT)
