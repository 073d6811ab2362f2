"""worlds: what may stand where a run publishes, before it and after."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.starter import Starter

CANARY = "CANARY-7f3a@x.test"
"""Stands in every id and text of the exports, and may stand nowhere but in the output's data files."""

EXPORT = "new.csv"
"""The export of tonight."""
OTHER_NIGHTS, NIGHT, TONIGHT = ("2026-06-27", "2026-06-28"), "2026-06-29", "2026-06-30"
CONFIG = """\
name: faults
id: lead_id
groups:
  all:
    rules:
      - {name: seen, kind: count, field: visits, each: 1}
score: {combine: sum}
tiers:
  - {name: Hot, min_score: 40}
  - {name: Cold}
output: {keep_runs: 2}
"""


def export(leads: int, each: int) -> str:
    """A CSV export; ``each`` tells one from another by its scores."""
    rows = [f"{CANARY}{place},{CANARY},{place * each % 90}" for place in range(leads)]
    return "\n".join(["lead_id,email,visits", *rows, ""])


@dataclass(frozen=True)
class Layout:
    """A way to publish: what ``-o`` says and which runs stand there before."""

    name: str
    out: str
    before: tuple[str, ...] = ()
    """The days of the runs of the old export, in their order."""
    faults: tuple[str, ...] = ()
    """What fails all along, as strace writes it."""
    quiet: bool = True
    """Without a summary, which is shown after the switch."""

    @property
    def dated(self) -> bool:
        return "{as_of}" in self.out


NO_EXCHANGE = ("renameat2:error=EINVAL",)
LAYOUTS = (
    Layout("new folder", "place/out", quiet=False),
    Layout("replacing a folder", "place/out", (NIGHT,)),
    Layout("dated runs", "place/{as_of}", (*OTHER_NIGHTS, NIGHT)),
    Layout("the same night again", "place/{as_of}", (NIGHT, TONIGHT)),
    Layout("no exchange", "place/out", (NIGHT,), NO_EXCHANGE),
)


def arguments(layout: Layout, leads: str = EXPORT, day: str = TONIGHT) -> list[str]:
    """The command line of a run that publishes there."""
    quiet = ["-q"] if layout.quiet else []
    return ["score", leads, "-c", "model.yml", "-o", layout.out, "--as-of", day, "--no-cache", *quiet]


def make_world(folder: Path, layout: Layout, starter: Starter, leads: int = 8) -> None:
    """A folder with two exports, a config and the runs of the layout, made by the command.

    ``leads`` are those of the new export.
    """
    (folder / "place").mkdir(parents=True)
    (folder / "model.yml").write_text(CONFIG)
    (folder / "old.csv").write_text(export(8, 7))
    (folder / EXPORT).write_text(export(leads, 11))
    for day in layout.before:
        ended = starter.run(folder, folder / "said", arguments(layout, "old.csv", day))
        assert ended.code == 0, ended


def copy_world(world: Path, copy: Path) -> Path:
    """The same world again, in the place of whatever stands there."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world, copy, symlinks=True)
    return copy


def shown(place: Path) -> Iterator[Path]:
    """The entries that are for people."""
    return (path for path in sorted(place.iterdir()) if not path.name.startswith("."))
