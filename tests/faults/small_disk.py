"""small_disk: runs on disks of given sizes, inside name spaces of their own, where anybody may mount one.

    unshare --user --map-root-user --mount python small_disk.py FOLDER SIZE...

Prints one JSON list for each size in bytes: exit code of the run, and what was wrong, or ''.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.faults.judge import Judge, make_judge
from tests.faults.starter import Starter, open_starter
from tests.faults.worlds import LAYOUTS, arguments, copy_world, make_world

LAYOUT = LAYOUTS[1]
LEADS = 3_000
ENOUGH = 64 << 20


def mount(place: Path, *options: str) -> None:
    """A file system in memory."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(place)], check=True)


def run_on(size: int, starter: Starter, world: Path, judge: Judge) -> tuple[int, str]:
    """A run on a disk of so many bytes, on which the old result stands already, and one on a larger disk."""
    folder = world.with_name(f"on {size}")
    (folder / "place").mkdir(parents=True)
    mount(folder / "place", f"size={size}")
    copy_world(world / "place" / "out", folder / "place" / "out")
    for name in ("old.csv", "new.csv", "model.yml"):
        (folder / name).write_bytes((world / name).read_bytes())
    ended = starter.run(folder, folder / "said", arguments(LAYOUT))
    wrong = judge.verdict(folder, ended)
    mount(folder / "place", f"remount,size={ENOUGH}")
    followed = starter.run(folder, folder / "said", arguments(LAYOUT))
    return ended.code, wrong or judge.verdict_of_next(folder, followed)


def main() -> None:
    """Run on a disk of each size."""
    folder, *sizes = sys.argv[1:]
    with open_starter(Path(folder) / "compiled") as starter:
        world = Path(folder) / "world"
        make_world(world, LAYOUT, starter, LEADS)
        judge = make_judge(LAYOUT, world, starter)
        for size in sizes:
            print(json.dumps(run_on(int(size), starter, world, judge)), flush=True)


if __name__ == "__main__":
    main()
