"""streams: stdout and stderr as cron, pipes and closed terminals leave them."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from leadscore.text import visible

STOPPED: list[int] = []
"""The signal that stops this process, once there is one."""
STOPS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def prepare_streams() -> None:
    """Stdout and stderr in UTF-8, and never missing."""
    # A closed stdout must fail when it is written to, not lose what it is given in silence. And in either
    # case the number must be taken, or an output file gets it.
    if sys.stdout is None:
        sys.stdout = _Stdout(os.fdopen(os.open(os.devnull, os.O_RDONLY), "wb"))
    elif sys.stdout is sys.__stdout__:  # and not what a test captures
        sys.stdout = _Stdout(os.fdopen(1, "wb", closefd=False))
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")


class _Stdout(io.TextIOWrapper):
    """Stdout in UTF-8, even where cron has no locale. Whatever goes wrong with it is a broken pipe, so that
    it is not taken for a fault of the files a run writes."""

    def __init__(self, buffer: BinaryIO) -> None:
        super().__init__(buffer, "utf-8", "backslashreplace", line_buffering=buffer.isatty())

    def write(self, text: str) -> int:
        with _as_broken_pipe():
            return super().write(text)

    def flush(self) -> None:
        with _as_broken_pipe():
            super().flush()


@contextmanager
def _as_broken_pipe() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error


def say(*lines: str) -> None:
    """Plain lines on stderr, one for each thing there is to say; where nobody listens they are lost."""
    try:
        for line in lines:
            print(visible(line), file=sys.stderr)
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


def ignore_stops() -> None:
    """From here on nothing stops this process but a kill: what it does must be done to the end."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


def settle() -> None:
    """There is no way back from here on: a stop that was lost on its way comes now, later ones never."""
    ignore_stops()
    if STOPPED:
        sys.exit(128 + STOPPED[0])


def silence(stream: TextIO) -> None:
    """Let what is still buffered go nowhere."""
    # Without this, Python fails on it as it ends, with exit 120.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
