"""switch: a new folder in the place of an old one in one step, and what dead runs left beside it."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from leadscore.pipeline.target import Target, last_manifest

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2
_HERE = -100  # AT_FDCWD
_OLD = "-old"


def name_beside(path: Path) -> Path:
    """A new hidden name beside a path, for what is no result yet, or none any more."""
    return path.with_name(f".{path.name}.stage-{secrets.token_hex(4)}")


def exchange(new: Path, old: Path) -> None:
    """Swap two folders in one step; in two steps where the system has no such call."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        failed = libc.renameat2(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE)
    except AttributeError:
        failed, code = -1, errno.ENOSYS
    else:
        code = ctypes.get_errno()
    if not failed:
        return
    if code not in (errno.ENOSYS, errno.EINVAL):
        raise OSError(code, os.strerror(code))
    aside = _aside(new)
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise


def clear_stage(stage: Path, target: Path) -> None:
    """Remove a stage and the result it replaced, but never the only result there is."""
    leftovers = [stage, _aside(stage)] if target.exists() else [stage]
    for leftover in [*leftovers, *leftovers]:  # a second time for calls that failed once
        remove(leftover)


def remove(path: Path) -> None:
    """Remove a folder, a link, or nothing; what cannot be removed stays."""
    if path.is_symlink():
        with suppress(OSError):
            path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def clear_dead(target: Target) -> None:
    """Remove what runs that were killed left of this target. Its lock is held, so none of them is alive.

    Where one was killed in the middle of a switch in two steps, the result it took away comes back.
    """
    for path in _leftovers(target):
        result = path.with_name(path.name[1:].rsplit(".stage-", 1)[0])
        if path.name.endswith(_OLD) and not result.exists() and last_manifest(path) is not None:
            path.rename(result)
        else:
            remove(path)


def _leftovers(target: Target) -> Iterator[Path]:
    if not target.folder.parent.is_dir():
        return
    names = {target.folder.name, *([target.link.name] if target.link else [])}
    for path in sorted(target.folder.parent.iterdir(), reverse=True):  # results taken away before stages
        found = re.fullmatch(r"\.(.+)\.stage-[a-z0-9]{8}(?:-old)?", path.name)
        ours = found and (found[1] in names or (target.pattern and target.day_of(found[1])))
        if ours and os.lstat(path).st_uid == os.geteuid():
            yield path


def _aside(stage: Path) -> Path:
    return stage.with_name(f"{stage.name}{_OLD}")


def sync(folder: Path) -> None:
    """A folder's entries are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
