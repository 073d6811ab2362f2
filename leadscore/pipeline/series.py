"""series: a folder per day -> the link to the newest one, and those that are too old to keep removed."""

from __future__ import annotations

import os
from pathlib import Path

from leadscore.errors import LateError, Problem, PublishError
from leadscore.pipeline.publish import find_strange
from leadscore.pipeline.switch import name_beside, remove, sync
from leadscore.pipeline.target import Target, told_as


def refuse_foreign_link(target: Target) -> None:
    """Raise PublishError where something that leadscore did not make has the name of the link."""
    link = target.link
    if link is None or not (link.is_symlink() or link.exists()):
        return
    if not link.is_symlink() or not target.day_of(os.readlink(link)):  # noqa: PTH115 - as it is written
        what = "is not a link to a run that leadscore made"
        raise PublishError(Problem(str(link), what=what, hint="move it away, or choose another -o"))


def point_at_newest(target: Target) -> None:
    """The link names the newest run; one of an earlier day, made later, changes nothing.

    Raises LateError where it cannot be changed: the run is published all the same.
    """
    link = target.link
    if link is None:
        return
    # The run itself is there, whether or not its manifest could be read again just now.
    own = target.folder.is_dir()
    newest = next((path for day, path in target.runs() if day > target.as_of or not own), target.folder)
    if link.is_symlink() and os.readlink(link) == newest.name:  # noqa: PTH115
        return
    new = name_beside(link)
    what = f"is published, but {link.name} could not be made to point at it"
    with told_as(LateError, target.folder, what, "run it again, or use the folder of the day"):
        try:
            new.symlink_to(newest.name)
            new.replace(link)
            sync(link.parent)
        finally:
            remove(new)


def remove_old_runs(target: Target, keep: int | None, in_use: Path | None = None) -> list[Path]:
    """Remove all runs but those of the newest ``keep`` days; gives the folders that are gone.

    The run of the target and ``in_use``, the one it was compared with, stay. Raises LateError for runs that
    cannot be removed, or hold what leadscore did not write; the others are gone then.
    """
    if keep is None or not target.pattern:
        return []
    spared = {target.folder, in_use}
    removed, problems = [], []
    for _, run in list(target.runs())[keep:]:
        if run in spared:
            continue
        try:
            problem = _remove_run(run)
        except OSError as error:
            problem = f"cannot be removed: {os.strerror(error.errno or 0)}"
        if problem:
            hint = "remove it yourself, or raise output.keep_runs"
            problems.append(
                Problem(str(run), what=f"is older than output.keep_runs, but {problem}", hint=hint)
            )
        else:
            removed.append(run)
    if problems:
        raise LateError(problems)
    return removed


def _remove_run(run: Path) -> str:
    """What is in the way, or ''. A run goes in one step, so that nobody ever finds half of one."""
    strange = find_strange(run)
    if strange:
        return f"holds {strange!r}, which leadscore did not write"
    gone = name_beside(run)
    run.rename(gone)
    remove(gone)
    return f"{gone.name} of it is left" if gone.exists() else ""
