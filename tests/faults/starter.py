"""starter: runs of the command that begin at once and together, and how they ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True)
class Ended:
    """How a run ended (below zero: by that signal) and all it said."""

    code: int
    said: str


class Starter:
    """Starts runs through one driver, which is a fork away from each."""

    def __init__(self, process: subprocess.Popen[str], go: int) -> None:
        self._process, self._go = process, go
        self.number = self._answered()

    def prepare(self, folder: Path, said: Path, arguments: list[str], memory: int | None = None) -> int:
        """The process id of a run that waits to be let go; what it says goes to the file ``said``.

        ``memory`` is how many bytes it may take beside the libraries.
        """
        return self._ask({"run": arguments, "folder": str(folder), "said": str(said), "memory": memory})

    def let_go(self, runs: int = 1) -> None:
        """Everybody who waits may begin."""
        os.write(self._go, b"!" * runs)

    def wait(self, process: int, said: Path) -> Ended:
        """Wait for the end of a run."""
        code = self._ask({"wait": process})
        return Ended(code, said.read_text(encoding="utf-8", errors="backslashreplace"))

    def run(self, folder: Path, said: Path, arguments: list[str], memory: int | None = None) -> Ended:
        """A run from start to end."""
        process = self.prepare(folder, said, arguments, memory)
        self.let_go()
        return self.wait(process, said)

    def _ask(self, request: dict[str, object]) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answered()

    def _answered(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def open_starter(compiled: Path) -> Iterator[Starter]:
    """A starter with a driver of its own, which ends with the block.

    A folder of its own for what Python compiles: after one run without a fault all is there, and each run
    makes the same calls.
    """
    waits, go = os.pipe()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("LEADSCORE_TRACEBACK", None)
    with subprocess.Popen(
        [sys.executable, str(DRIVER), str(waits)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[waits],
        env=environment,
    ) as process:
        os.close(waits)
        try:
            yield Starter(process, go)
        finally:
            os.close(go)
