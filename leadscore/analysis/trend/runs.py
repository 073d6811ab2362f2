"""runs: folders named on the command line -> the runs in them, by the day they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadscore.errors import InputError, Problem
from leadscore.pipeline.snapshot import SUMMARY, Snapshot, read_snapshot
from leadscore.pipeline.target import MANIFEST, last_manifest, told_as


@dataclass(frozen=True)
class Run:
    """A published run, by what its manifest and its summary say."""

    path: Path
    """As the user named it, or the folder it is in."""
    manifest: dict[str, Any]
    shot: Snapshot

    @property
    def model(self) -> str:
        """The digest of what its config means."""
        config = self.manifest.get("config")
        return str(config.get("model_sha256", "")) if isinstance(config, dict) else ""

    def columns_of(self, field: str) -> set[str]:
        """The headers of the export that a field was read from: one, unless its files differ."""
        return {str(fields[field]) for fields in self._fields() if field in fields}

    @property
    def ids(self) -> set[str]:
        """The headers its leads are identified by: one, unless its files differ."""
        return self.columns_of(str(self.manifest.get("id")))

    def _fields(self) -> Iterator[dict[str, str]]:
        inputs = self.manifest.get("inputs")
        for file in inputs if isinstance(inputs, list) else ():
            if isinstance(file, dict) and isinstance(file.get("fields"), dict):
                yield file["fields"]


def find_runs(named: Sequence[Path]) -> tuple[list[Run], list[str]]:
    """The runs, earliest first, each once, and what is to be said of the folders.

    A folder is a run, or holds runs: hidden folders and links in it are left aside. Raises InputError with
    all that is no run, or is not as the run wrote it.
    """
    folders, problems, notes = [], [], []
    for path in named:
        found, strange = _look_into(path)
        folders += found
        notes += [f"{other}: is no run of leadscore, and is passed over" for other in strange]
        if not found:
            what = "is no run of leadscore, and holds none"
            hint = "name a run's folder, or one that holds runs"
            problems.append(Problem(str(path), what=what, hint=hint))
    runs = []
    for folder in {path.resolve(): path for path in folders}.values():
        try:
            runs.append(Run(folder, *read_snapshot(folder)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    runs.sort(key=lambda run: run.shot.as_of)
    return runs, [*notes, *_doubt_days(runs)]


def _look_into(path: Path) -> tuple[list[Path], list[Path]]:
    """The runs that a path stands for, and folders beside them that are none."""
    if _is_run(path):
        return [path], []
    if not path.is_dir():
        return [], []
    with told_as(InputError, path, "cannot be read", "name a folder that you may read"):
        inside = sorted(child for child in path.iterdir() if child.is_dir() and not child.is_symlink())
    shown = [child for child in inside if not child.name.startswith(".")]
    runs = [child for child in shown if _is_run(child) and "kind" not in (last_manifest(child) or {})]
    return runs, [child for child in shown if child not in runs] if runs else []


def _is_run(path: Path) -> bool:
    """Whether it is one, or was one before it was damaged."""
    return (path / MANIFEST).is_file() or (path / SUMMARY).is_file()


def _doubt_days(runs: Sequence[Run]) -> Iterator[str]:
    days = Counter(run.shot.as_of for run in runs)
    twice = [day for day, count in days.items() if count > 1]
    if twice:
        yield (
            f"several runs are for one day, such as {twice[0]}: of two series in one folder name one, "
            "as runs/emea-*"
        )
