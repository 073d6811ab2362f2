"""test_lock: one run at a time for each target, whatever became of the runs before."""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leadscore.errors import LockedError, PublishError
from leadscore.pipeline import lock
from leadscore.pipeline.lock import hold_target
from leadscore.pipeline.target import Target, find_target
from tests.conftest import ROOT

DAY = date(2026, 6, 30)


def open_files() -> int:
    """How many files this process has open; 0 where the system does not list them."""
    gc.collect()  # or what others left open may be closed meanwhile
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.is_dir() else 0


def target(folder: Path, name: str = "out") -> Target:
    return find_target(folder / name, DAY)


@pytest.mark.parametrize(
    ("first", "second"),
    [("out", "out"), ("{as_of}", "{as_of}"), ("{as_of}", "2026-06-30"), ("2026-06-30", "{as_of}")],
)
def test_a_second_run_for_the_same_target_ends_at_once(tmp_path: Path, first: str, second: str) -> None:
    with hold_target(target(tmp_path, first)):
        with (
            pytest.raises(LockedError, match="another run is writing here") as raised,
            hold_target(target(tmp_path, second)),
        ):
            pass
        assert raised.value.exit_code == 75
    with hold_target(target(tmp_path, second)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_runs_for_two_days_go_one_after_the_other(tmp_path: Path) -> None:
    other = find_target(tmp_path / "{as_of}", date(2026, 6, 29))
    with hold_target(target(tmp_path, "{as_of}")), pytest.raises(LockedError), hold_target(other):
        pass


def test_runs_for_two_targets_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with hold_target(target(tmp_path)), hold_target(target(tmp_path, "what_if")):
        pass


def test_what_a_killed_run_left_is_no_lock(tmp_path: Path) -> None:
    code = f"""
import os, signal, sys
sys.path.insert(0, {str(ROOT)!r})
from datetime import date
from pathlib import Path
from leadscore.pipeline.lock import hold_target
from leadscore.pipeline.target import find_target
with hold_target(find_target(Path({str(tmp_path)!r}) / "out", date(2026, 6, 30))):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert [path.name for path in tmp_path.iterdir()] == [".out.lock"]
    with hold_target(target(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_was_removed_meanwhile_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, locks, before = tmp_path / ".out.lock", list[int](), open_files()
    take = fcntl.flock

    def gone_at_first(descriptor: int, how: int) -> None:
        take(descriptor, how)
        locks.append(descriptor)
        if len(locks) == 1:
            path.unlink()  # as its last holder does

    monkeypatch.setattr(fcntl, "flock", gone_at_first)
    with hold_target(target(tmp_path)):
        assert path.exists()
        assert len(locks) == 2
        assert open_files() - before in {0, 1}  # 0 where nothing lists them
    assert list(tmp_path.iterdir()) == []


def planted() -> dict[str, Callable[[Path, Path], None]]:
    def link(lock: Path, victim: Path) -> None:
        lock.symlink_to(victim)

    def hard_link(lock: Path, victim: Path) -> None:
        lock.hardlink_to(victim)

    def fifo(lock: Path, victim: Path) -> None:
        os.mkfifo(lock)

    def folder(lock: Path, victim: Path) -> None:
        lock.mkdir()

    return {maker.__name__: maker for maker in (link, hard_link, fifo, folder)}


@pytest.mark.parametrize("name", planted())
def test_what_somebody_planted_in_its_place_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    planted()[name](tmp_path / ".out.lock", victim)
    with pytest.raises(PublishError), hold_target(target(tmp_path)):
        pass
    assert victim.read_text() == "mine"
    assert os.path.lexists(tmp_path / ".out.lock")


def test_folders_above_the_target_are_made_for_us_alone_and_go_again_if_nothing_comes(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with hold_target(target(tmp_path, "new/deep/out")):
            modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "new/deep")]
            assert modes == [0o700, 0o700]
            assert (tmp_path / "new/deep/.out.lock").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    assert list(tmp_path.iterdir()) == []
    with hold_target(target(tmp_path, "new/deep/out")):
        (tmp_path / "new" / "file").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "file"]


def test_the_lock_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".out.lock").touch()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with (
        pytest.raises(PublishError, match=r"\.out\.lock: is no lock of yours"),
        hold_target(target(tmp_path)),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".out.lock"]


def test_a_lock_that_cannot_be_removed_stops_nothing_and_the_next_run_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with hold_target(target(tmp_path)):
            pass
    assert [path.name for path in tmp_path.iterdir()] == [".out.lock"]
    with hold_target(target(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_no_file_stays_open_however_it_ends(tmp_path: Path) -> None:
    (tmp_path / "planted").mkdir()
    planted()["fifo"](tmp_path / "planted" / ".out.lock", tmp_path)
    before = open_files()
    with hold_target(target(tmp_path)):
        held = open_files()
        with pytest.raises(LockedError), hold_target(target(tmp_path)):
            pass
        assert open_files() == held
    with pytest.raises(PublishError), hold_target(target(tmp_path, "planted/out")):
        pass
    assert open_files() == before


def test_another_run_may_make_the_same_folders_at_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def made_twice(folder: Path, mode: int, exist_ok: bool = False) -> None:
        make(folder, mode)
        make(folder, mode, exist_ok=exist_ok)

    monkeypatch.setattr(Path, "mkdir", made_twice)
    with hold_target(target(tmp_path, "new/deep/out")):
        assert (tmp_path / "new" / "deep" / ".out.lock").exists()


def test_folders_above_the_target_are_on_the_disk_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[Path, list[str]]] = []

    def watch(folder: Path) -> None:
        synced.append((folder, [path.name for path in folder.iterdir()]))

    monkeypatch.setattr(lock, "sync", watch)
    with hold_target(target(tmp_path, "new/deep/out")):
        assert synced == [(tmp_path, ["new"]), (tmp_path / "new", ["deep"])]


def test_a_file_system_without_locks_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, how: int) -> None:
        raise OSError(37, os.strerror(37))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(PublishError, match="No locks available"), hold_target(target(tmp_path)):
        pass
