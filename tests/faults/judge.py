"""judge: whether what stands there after a fault, what was said and the exit code are right."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from tests.faults.starter import Ended, Starter
from tests.faults.worlds import CANARY, EXPORT, TONIGHT, Layout, arguments, copy_world, shown
from tests.running import files_in, strings

MANIFEST = "manifest.json"
PUBLISHED, REFUSED, UNREAD = {0, 7}, {6, 75, 129, 130, 143}, 4
BAD_WORDS = ("Traceback", "a bug in leadscore", "Exception ignored", CANARY)

Files = dict[str, bytes]


class BrokenError(Exception):
    """What stands there is neither the old result nor the new one, whole."""


def data_files(result: Path) -> dict[str, bytes]:
    """All of a result but its manifest."""
    return {name: content for name, content in files_in(result).items() if name != MANIFEST}


def refuse_broken(result: Path) -> None:
    """Raise BrokenError unless every file stands there as the manifest says, and nothing else."""
    try:
        content = (result / MANIFEST).read_bytes()
    except FileNotFoundError:
        raise BrokenError(f"{result.name} has no manifest") from None
    manifest = json.loads(content)
    found = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in data_files(result).items()
    }
    outputs = manifest["outputs"].items()
    if found != {name: {key: written[key] for key in ("bytes", "sha256")} for name, written in outputs}:
        raise BrokenError(f"{result.name} is not what its manifest says")
    if any(CANARY in text for text in strings(manifest)):
        raise BrokenError(f"{result.name}: the manifest tells who somebody is")


@dataclass(frozen=True)
class Judge:
    """Knows what sound runs of the old export and of the new one leave."""

    layout: Layout
    old: tuple[Files, ...]
    new: Files
    before: str
    """'none' or 'old': what stands in the target before the fault."""

    def state(self, folder: Path) -> str:
        """What stands in the target: 'none', 'old' or 'new'.

        Raises BrokenError where that, or any other run, is not whole.
        """
        place = folder / "place"
        if self.layout.dated:
            self._look_at_others(place)
            return self._result(place / TONIGHT)
        # Without an exchange there is a moment in which the old result stands beside its place.
        asides = [path for path in place.glob(".*-old") if not (place / "out").exists()]
        return self._result(asides[0] if asides and self.layout.faults else place / "out")

    def verdict(self, folder: Path, ended: Ended) -> str:
        """What is wrong after a fault, or '': the state, the exit code, what was said."""
        try:
            state = self.state(folder)
        except BrokenError as broken:
            return f"broken: {broken}"
        if state not in self._honest(ended):
            return f"exit {ended.code} and {state} after {self.before}: {ended.said.strip()[-300:]}"
        if ended.code == 0 and self.layout.dated and (folder / "place" / "latest").resolve().name != TONIGHT:
            return "exit 0 and latest is not this run"
        return said_wrong(ended)

    def verdict_of_next(self, folder: Path, ended: Ended) -> str:
        """What is wrong after a run without a fault that followed one with a fault, or ''."""
        wrong = self.verdict(folder, ended)
        hidden = [path.name for path in (folder / "place").iterdir() if path.name.startswith(".")]
        if wrong or ended.code or hidden:
            return f"next run: exit {ended.code}, left over {hidden}, {wrong or ended.said.strip()[-300:]}"
        return ""

    def _honest(self, ended: Ended) -> set[str]:
        """What may stand there when a run has ended so."""
        if ended.code < 0:
            return {self.before, "new"}
        if ended.code == UNREAD:  # where it was the export that could not be read
            return {self.before} if EXPORT in ended.said else set()
        return {"new"} if ended.code in PUBLISHED else {self.before} if ended.code in REFUSED else set()

    def _result(self, result: Path) -> str:
        if not result.exists():
            return "none"
        refuse_broken(result)
        files = data_files(result)
        if files != self.new and files not in self.old:
            raise BrokenError(f"{result.name} is a mix of two results")
        return "new" if files == self.new else "old"

    def _look_at_others(self, place: Path) -> None:
        for entry in shown(place):
            if not entry.exists():
                raise BrokenError(f"{entry.name} points at nothing")
            self._result(entry)
        if self.layout.before and not (place / "latest").is_symlink():
            raise BrokenError("latest is gone")


def said_wrong(ended: Ended) -> str:
    """What was said that may never be said, or ''."""
    return f"said: {ended.said.strip()[-300:]}" if any(word in ended.said for word in BAD_WORDS) else ""


def make_judge(layout: Layout, world: Path, starter: Starter) -> Judge:
    """The judge of a world: it sees what is there and what a run without a fault makes of it."""
    old = [data_files(path) for path in shown(world / "place") if not path.is_symlink()]
    target = layout.out.replace("{as_of}", TONIGHT)
    before = "old" if (world / target).exists() else "none"
    sound = copy_world(world, world.with_name(f"{world.name} sound"))
    ended = starter.run(sound, sound / "said", arguments(layout))
    new = data_files(sound / target)
    judge = Judge(layout, tuple(old), new, before)
    assert new not in old
    assert judge.verdict_of_next(sound, ended) == ""
    return judge
