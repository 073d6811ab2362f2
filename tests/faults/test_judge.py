"""test_judge: the judge of the fault tests can say no."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.judge import BrokenError, Judge
from tests.faults.starter import Ended
from tests.faults.worlds import CANARY, LAYOUTS, NIGHT, TONIGHT

OLD, NEW = (
    {"ranked.csv": content, "tiers/Hot.csv": content, "set_aside.csv": b"line\n"}
    for content in (b"old", b"new")
)


def publish(result: Path, files: dict[str, bytes], **more: str) -> None:
    """A result as leadscore leaves it."""
    shutil.rmtree(result, ignore_errors=True)
    (result / "tiers").mkdir(parents=True)
    outputs = {}
    for name, content in files.items():
        (result / name).write_bytes(content)
        outputs[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (result / "manifest.json").write_text(json.dumps({"outputs": outputs, **more}))


@pytest.fixture
def world(tmp_path: Path) -> Path:
    publish(tmp_path / "place" / "out", OLD)
    return tmp_path


REPLACING = Judge(LAYOUTS[1], (OLD,), NEW, "old")


def no_manifest(out: Path) -> None:
    (out / "manifest.json").unlink()


def a_file_less(out: Path) -> None:
    (out / "set_aside.csv").unlink()


def a_file_more(out: Path) -> None:
    (out / "tiers" / "Cold.csv").write_bytes(b"")


def a_byte_changed(out: Path) -> None:
    (out / "ranked.csv").write_bytes(b"olt")


def half_a_file(out: Path) -> None:
    (out / "ranked.csv").write_bytes(b"ol")


def a_mix_that_agrees_with_its_manifest(out: Path) -> None:
    publish(out, {**OLD, "ranked.csv": NEW["ranked.csv"]})


def somebody_in_the_manifest(out: Path) -> None:
    publish(out, OLD, first=CANARY)


@pytest.mark.parametrize(
    "damage",
    [
        *(no_manifest, a_file_less, a_file_more, a_byte_changed, half_a_file),
        *(a_mix_that_agrees_with_its_manifest, somebody_in_the_manifest),
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_result_is_neither_old_nor_new(world: Path, damage: Callable[[Path], None]) -> None:
    assert REPLACING.state(world) == "old"
    damage(world / "place" / "out")
    with pytest.raises(BrokenError):
        REPLACING.state(world)
    assert REPLACING.verdict(world, Ended(-9, "")) != ""


@pytest.mark.parametrize("code", [-9, 0, 1, 4, 5, 6, 7, 75, 143])
@pytest.mark.parametrize("stands", ["none", "old", "new"])
def test_an_exit_code_that_is_not_honest_is_wrong(world: Path, code: int, stands: str) -> None:
    if stands == "none":
        shutil.rmtree(world / "place" / "out")
    else:
        publish(world / "place" / "out", {"old": OLD, "new": NEW}[stands])
    honest = {"none": set(), "old": {-9, 6, 75, 143}, "new": {-9, 0, 7}}[stands]
    assert (REPLACING.verdict(world, Ended(code, "")) == "") == (code in honest)


@pytest.mark.parametrize(
    "said", ["Traceback (most recent call last)", f"row of {CANARY}", "a bug in leadscore"]
)
def test_some_words_are_always_wrong(world: Path, said: str) -> None:
    assert REPLACING.verdict(world, Ended(6, "the disk is full")) == ""
    assert REPLACING.verdict(world, Ended(6, said)) != ""


def test_the_next_run_must_succeed_and_leave_nothing_over(world: Path) -> None:
    publish(world / "place" / "out", NEW)
    assert REPLACING.verdict_of_next(world, Ended(0, "")) == ""
    assert REPLACING.verdict_of_next(world, Ended(7, "")) != ""
    (world / "place" / ".out.stage-0a1b2c3d").mkdir()
    assert REPLACING.verdict_of_next(world, Ended(0, "")) != ""


def test_each_night_must_be_whole_and_latest_a_run(tmp_path: Path) -> None:
    judge, place = Judge(LAYOUTS[2], (OLD,), NEW, "none"), tmp_path / "place"
    publish(place / NIGHT, OLD)
    publish(place / TONIGHT, NEW)
    with pytest.raises(BrokenError, match="latest is gone"):
        judge.state(tmp_path)
    (place / "latest").symlink_to(NIGHT)
    assert judge.verdict(tmp_path, Ended(7, "")) == ""
    assert judge.verdict(tmp_path, Ended(0, "")) == "exit 0 and latest is not this run"
    half_a_file(place / NIGHT)
    with pytest.raises(BrokenError, match=NIGHT):
        judge.state(tmp_path)
    shutil.rmtree(place / NIGHT)
    with pytest.raises(BrokenError, match="latest points at nothing"):
        judge.state(tmp_path)
