"""lock: one run at a time for each target; the lock is the kernel's, so that it dies with its run."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from leadscore.errors import LockedError, Problem, PublishError
from leadscore.pipeline.switch import sync
from leadscore.pipeline.target import Target, refused

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def hold_target(target: Target) -> Iterator[None]:
    """Nobody else publishes here until the block ends.

    Raises LockedError (exit 75) at once where somebody does, PublishError where no lock can be had.
    """
    # First what all days have in common, so that two runs never wait for each other.
    shared = [target.link] if target.link else []
    with ExitStack() as held:
        with refused(target.folder), _unstopped():
            held.enter_context(_parents(target.folder.parent))
            for path in (*shared, target.folder):
                held.enter_context(_locked(path.with_name(f".{path.name}.lock"), target.folder))
        yield


@contextmanager
def _unstopped() -> Iterator[None]:
    """A signal comes after the block, so that none comes between making a thing and taking care of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _parents(folder: Path) -> Iterator[None]:
    """The folders above the target, made for us alone; those that stay empty go again."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        for path in reversed(missing):
            path.mkdir(0o700, exist_ok=True)
            sync(path.parent)
        yield
    finally:
        for path in missing:
            try:
                path.rmdir()
            except OSError:
                break  # something is in it


@contextmanager
def _locked(path: Path, target: Path) -> Iterator[None]:
    descriptor = _take(path, target)
    try:
        yield
    finally:
        with suppress(OSError):  # then an empty file stays; the next run takes it
            path.unlink(missing_ok=True)  # while it is held: whoever opened it meanwhile sees that it is gone
        with suppress(OSError):  # nothing was written to it
            os.close(descriptor)


def _take(path: Path, target: Path) -> int:
    while True:
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            _refuse_planted(path, os.fstat(descriptor))
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, descriptor):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            what, hint = "another run is writing here", "wait for its end, or choose another -o"
            raise LockedError(Problem(str(target), what=what, hint=hint)) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _refuse_planted(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or found.st_uid != os.geteuid():
        what, hint = "is no lock of yours", "remove it, if no run of another user is under way"
        raise PublishError(Problem(str(path), what=what, hint=hint))


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the file that was locked is the one everybody else finds there."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
