"""test_switch: what dead runs left beside a target goes, and the only result there is never does."""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import os
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from leadscore.pipeline.switch import clear_dead, clear_stage, exchange, name_beside, sync
from leadscore.pipeline.target import MANIFEST, find_target

TARGET, DAILY = "out", "{as_of}"


def result(folder: Path) -> Path:
    folder.mkdir()
    (folder / MANIFEST).write_text(json.dumps({"outputs": {}, "counts": {"in": 1}}))
    return folder


def clear(folder: Path, out: str) -> list[str]:
    clear_dead(find_target(folder / out, date(2026, 6, 30)))
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("out", [TARGET, DAILY])
def test_stages_of_dead_runs_go_and_nothing_else_does(tmp_path: Path, out: str) -> None:
    name = "out" if out == TARGET else "2026-06-29"
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").touch()
    result(tmp_path / name)
    (result(tmp_path / f".{name}.stage-0123abcd") / "tiers").mkdir()
    result(tmp_path / f".{name}.stage-0123abcd-old")
    (tmp_path / f".{name}.stage-deadbeef").symlink_to(victim)
    others = [
        f".{name}.stage-0123",
        ".other.stage-0123abcd",
        f".{name}.stage-0123abcd.bak",
        ".stage-0123abcd",
    ]
    for other in others:
        (tmp_path / other).mkdir()
    assert clear(tmp_path, out) == sorted([name, "victim", *others])
    assert (victim / "file").exists()


@pytest.mark.parametrize("out", [TARGET, DAILY])
def test_a_result_taken_away_by_a_switch_in_two_steps_comes_back(tmp_path: Path, out: str) -> None:
    name = "out" if out == TARGET else "2026-06-29"
    old, new = result(tmp_path / f".{name}.stage-0123abcd-old"), result(tmp_path / f".{name}.stage-0123abcd")
    (old / "old").touch()
    (new / "new").touch()
    assert clear(tmp_path, out) == [name]
    assert sorted(path.name for path in (tmp_path / name).iterdir()) == [MANIFEST, "old"]


def test_a_result_comes_back_to_its_own_name_whatever_that_is(tmp_path: Path) -> None:
    name = "a.stage-b"
    result(tmp_path / f".{name}.stage-0123abcd-old")
    assert clear(tmp_path, name) == [name]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux lists a process's open files there")
def test_a_folder_whose_entries_are_on_the_disk_is_closed_again(tmp_path: Path) -> None:
    gc.collect()  # or what others left open may be closed meanwhile
    before = len(list(Path("/proc/self/fd").iterdir()))
    sync(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with pytest.raises(NotADirectoryError):
        sync(Path(__file__))


def test_a_link_half_made_goes(tmp_path: Path) -> None:
    name_beside(tmp_path / "latest").symlink_to("2026-06-29")
    assert clear(tmp_path, DAILY) == []


def test_the_only_result_is_never_removed(tmp_path: Path) -> None:
    stage = tmp_path / ".out.stage-0123abcd"
    result(stage)
    old = result(tmp_path / f"{stage.name}-old")
    clear_stage(stage, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [old.name]
    result(tmp_path / "out")
    clear_stage(stage, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_where_there_is_no_folder_yet_nothing_is_left_over(tmp_path: Path) -> None:
    clear_dead(find_target(tmp_path / "new" / "out", date(2026, 6, 30)))
    assert list(tmp_path.iterdir()) == []


def refuse_exchange(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def renameat2(*arguments: object) -> int:
        ctypes.set_errno(code)
        return -1

    system = SimpleNamespace(renameat2=renameat2)
    monkeypatch.setattr(ctypes, "CDLL", lambda *arguments, **options: system)


def two_results(folder: Path) -> tuple[Path, Path]:
    new, old = result(folder / ".out.stage-0123abcd"), result(folder / "out")
    (new / "new").touch()
    (old / "old").touch()
    return new, old


def test_two_folders_are_swapped_and_both_are_there(tmp_path: Path) -> None:
    new, old = two_results(tmp_path)
    exchange(new, old)
    assert ((old / "new").exists(), (new / "old").exists()) == (True, True)


def test_an_exchange_without_an_old_result_says_what_the_system_said(tmp_path: Path) -> None:
    new = result(tmp_path / ".out.stage-0123abcd")
    with pytest.raises(FileNotFoundError):
        exchange(new, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [new.name]


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL])
def test_a_file_system_without_the_exchange_gets_the_new_result_in_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    new, old = two_results(tmp_path)
    refuse_exchange(monkeypatch, code)
    exchange(new, old)
    assert (old / "new").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{new.name}-old", "out"]


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_an_exchange_that_the_disk_refuses_is_told_and_not_tried_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    new, old = two_results(tmp_path)
    refuse_exchange(monkeypatch, code)
    with pytest.raises(OSError, match=os.strerror(code)) as raised:
        exchange(new, old)
    assert raised.value.errno == code
    assert ((old / "old").exists(), (new / "new").exists()) == (True, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_what_another_user_left_is_not_touched(tmp_path: Path) -> None:
    stage = result(tmp_path / ".out.stage-0123abcd")
    os.chown(stage, 1, -1)
    assert clear(tmp_path, TARGET) == [stage.name]


@pytest.mark.parametrize("out", [TARGET, DAILY])
def test_what_was_taken_away_goes_if_it_is_no_result_or_another_is_there(tmp_path: Path, out: str) -> None:
    name = "out" if out == TARGET else "2026-06-29"
    (tmp_path / f".{name}.stage-0123abcd-old").mkdir()
    assert clear(tmp_path, out) == []
    result(tmp_path / f".{name}.stage-0123abcd-old")
    (result(tmp_path / name) / "new").touch()
    assert clear(tmp_path, out) == [name]
    assert (tmp_path / name / "new").exists()
