"""test_order: what a power cut finds: every file is on the disk before the switch, every name after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.scene import Scene
from tests.faults.strace import calls_in, run_traced
from tests.faults.worlds import LAYOUTS, TONIGHT, Layout, arguments, copy_world

STAGED = re.compile(r"/\.[^/]+\.stage-[^/]+")
PLACES = [layout for layout in LAYOUTS if not layout.faults]


@pytest.fixture(params=PLACES, ids=lambda layout: layout.name)
def trace(request: pytest.FixtureRequest, scene_of: Callable[[Layout], Scene]) -> list[tuple[str, str]]:
    """Name and text of each call of a run that succeeds."""
    scene = scene_of(request.param)
    folder = copy_world(scene.world, scene.world.with_name("in order"))
    log = folder / "log"
    assert run_traced(scene.starter, folder, folder / "said", arguments(scene.layout), log).code == 0
    return [(call.name, call.text) for _, call in calls_in(log)]


def opened(text: str) -> str:
    """The path behind a call's first argument, as strace shows it: 4</tmp/x>."""
    return text.partition("<")[2].partition(">")[0]


def renames(trace: list[tuple[str, str]], *names: str) -> list[int]:
    """The places of the calls that put something of a stage's name where one of these names is."""
    last = re.compile(rf'/?(?:{"|".join(names)})"(?:, RENAME_\w+)?\) ')
    return [
        place
        for place, (name, text) in enumerate(trace)
        if name.startswith("rename") and ".stage-" in text and last.search(text)
    ]


def switch_of(trace: list[tuple[str, str]]) -> int:
    """The place of the call that puts the stage into its place."""
    (switch,) = renames(trace, "out", TONIGHT)
    return switch


def places(trace: list[tuple[str, str]], names: set[str], path: str) -> list[int]:
    return [place for place, (name, text) in enumerate(trace) if name in names and opened(text) == path]


def written_in_stage(trace: list[tuple[str, str]]) -> set[str]:
    return {opened(text) for name, text in trace if name == "write" and STAGED.search(opened(text))}


def test_no_file_is_written_after_it_was_brought_to_the_disk(trace: list[tuple[str, str]]) -> None:
    written = written_in_stage(trace)
    assert {Path(path).name for path in written} >= {"ranked.csv", "Hot.csv", "Cold.csv", "manifest.json"}
    for path in written:
        synced = places(trace, {"fsync"}, path)[-1]
        assert places(trace, {"write", "ftruncate"}, path)[-1] < synced < switch_of(trace), path


def test_the_manifest_is_written_last(trace: list[tuple[str, str]]) -> None:
    last = [opened(text) for name, text in trace if name == "write" and STAGED.search(opened(text))][-1]
    assert Path(last).name == "manifest.json"


def test_the_names_of_files_are_on_the_disk_before_the_switch(trace: list[tuple[str, str]]) -> None:
    written = written_in_stage(trace)
    made = max(place for place, (name, text) in enumerate(trace) if name == "openat" and "O_EXCL" in text)
    for folder in {str(Path(path).parent) for path in written}:
        assert made < places(trace, {"fsync"}, folder)[-1] < switch_of(trace), folder


def test_the_switch_and_the_link_to_the_newest_run_are_on_the_disk_at_the_end(
    trace: list[tuple[str, str]],
) -> None:
    place = next(str(Path(path).parents[1]) for path in written_in_stage(trace) if "tiers" not in path)
    assert max(renames(trace, "out", TONIGHT, "latest")) < places(trace, {"fsync"}, place)[-1]
