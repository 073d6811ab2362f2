"""test_series: a link to the newest run and no more runs than are kept, whatever cannot be done."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from leadscore.errors import LateError, PublishError
from leadscore.pipeline import series
from leadscore.pipeline.series import point_at_newest, refuse_foreign_link, remove_old_runs
from leadscore.pipeline.target import MANIFEST, Target, find_target

NEWEST = date(2026, 6, 4)
DAYS = [f"2026-06-0{day}" for day in range(1, 5)]


def runs_of(folder: Path, names: list[str]) -> Target:
    for name in names:
        (folder / name).mkdir()
        (folder / name / MANIFEST).write_text(json.dumps({"outputs": {}, "counts": {"in": 1}}))
    return find_target(folder / "{as_of}", NEWEST)


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refuse(*arguments: object, **options: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def test_runs_are_those_of_its_days_the_newest_first(tmp_path: Path) -> None:
    target = runs_of(tmp_path, [*DAYS, "2026-06-05.bak", "other"])
    (tmp_path / "2026-06-05").mkdir()
    (tmp_path / "2026-06-06").symlink_to(DAYS[0])
    (tmp_path / "2026-06-07").write_text("no folder")
    assert [path.name for _, path in target.runs()] == DAYS[::-1]
    assert list(find_target(tmp_path / "none" / "{as_of}", NEWEST).runs()) == []
    assert list(find_target(tmp_path / "2026-06-04", NEWEST).runs()) == []


def test_a_target_is_told_of_as_it_was_named_and_used_from_the_root_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = find_target(Path("runs/{as_of}.d"), NEWEST)
    assert target.out == Path("runs/2026-06-04.d")
    assert target.folder == tmp_path / "runs" / "2026-06-04.d"
    assert target.day_of("2026-06-05.d") == date(2026, 6, 5)
    assert target.day_of("2026-06-05") is None


def test_the_run_before_is_that_of_the_last_day_before_this_one(tmp_path: Path) -> None:
    runs_of(tmp_path, DAYS[:2])
    for day, before in ((3, DAYS[1]), (2, DAYS[0]), (1, None)):
        found = find_target(tmp_path / "{as_of}", date(2026, 6, day)).before()
        assert found == (before and tmp_path / before)
    assert find_target(tmp_path / DAYS[0], NEWEST).before() == tmp_path / DAYS[0]
    assert find_target(tmp_path / "new", NEWEST).before() is None


def test_the_link_names_the_newest_and_without_any_that_of_the_day(tmp_path: Path) -> None:
    target = runs_of(tmp_path, [])
    for names, newest in ([], DAYS[3]), (DAYS[:1], DAYS[0]), (DAYS[2:3], DAYS[2]):
        runs_of(tmp_path, names)
        refuse_foreign_link(target)
        point_at_newest(target)
        assert str((tmp_path / "latest").readlink()) == newest
    assert listed(tmp_path) == [DAYS[0], DAYS[2], "latest"]


def test_a_link_that_is_right_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = runs_of(tmp_path, DAYS)
    point_at_newest(target)
    monkeypatch.setattr(Path, "symlink_to", refuse)
    point_at_newest(target)
    shutil.rmtree(tmp_path / DAYS[3])
    with pytest.raises(LateError):
        point_at_newest(target)


@pytest.mark.parametrize("call", ["symlink_to", "replace"])
def test_a_link_that_cannot_be_made_is_told_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    target = runs_of(tmp_path, DAYS[:1])
    point_at_newest(target)
    runs_of(tmp_path, DAYS[1:])
    monkeypatch.setattr(Path, call, refuse)
    with pytest.raises(LateError) as raised:
        point_at_newest(target)
    assert str(raised.value) == (
        f"{tmp_path / DAYS[3]}: is published, but latest could not be made to point at it: "
        "Read-only file system; run it again, or use the folder of the day"
    )
    assert listed(tmp_path) == [*DAYS, "latest"]
    assert str((tmp_path / "latest").readlink()) == DAYS[0]


def test_one_folder_for_all_days_has_no_link_and_nothing_is_removed(tmp_path: Path) -> None:
    runs_of(tmp_path, DAYS)
    target = find_target(tmp_path / DAYS[3], NEWEST)
    refuse_foreign_link(target)
    point_at_newest(target)
    assert remove_old_runs(target, 1) == []
    assert listed(tmp_path) == DAYS


@pytest.mark.parametrize("others", ["a file", "a folder", "a link to a name of others", "a link elsewhere"])
def test_what_has_the_name_of_the_link_and_is_none_of_ours_is_refused(tmp_path: Path, others: str) -> None:
    target = runs_of(tmp_path, DAYS)
    latest = tmp_path / "latest"
    if others == "a file":
        latest.touch()
    elif others == "a folder":
        latest.mkdir()
    else:
        latest.symlink_to("mine" if others == "a link to a name of others" else tmp_path / DAYS[0])
    with pytest.raises(PublishError, match="is not a link to a run that leadscore made; move it away"):
        refuse_foreign_link(target)


@pytest.mark.parametrize("keep", [1, 2, 4, 9])
def test_the_newest_are_kept(tmp_path: Path, keep: int) -> None:
    target = runs_of(tmp_path, DAYS)
    removed = remove_old_runs(target, keep)
    assert [path.name for path in removed] == DAYS[: max(4 - keep, 0)][::-1]
    assert listed(tmp_path) == DAYS[-keep:]


def test_all_are_kept_where_no_number_says_otherwise(tmp_path: Path) -> None:
    assert remove_old_runs(runs_of(tmp_path, DAYS), None) == []
    assert listed(tmp_path) == DAYS


def test_the_run_of_the_day_and_the_one_compared_with_stay(tmp_path: Path) -> None:
    runs_of(tmp_path, DAYS)
    target = find_target(tmp_path / "{as_of}", date(2026, 6, 1))
    assert remove_old_runs(target, 1, in_use=tmp_path / DAYS[1]) == [tmp_path / DAYS[2]]
    assert listed(tmp_path) == [DAYS[0], DAYS[1], DAYS[3]]


def test_a_run_that_cannot_be_removed_is_told_of_and_the_others_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = runs_of(tmp_path, DAYS)
    rename = Path.rename

    def refuse_one(path: Path, to: Path) -> Path:
        if path.name == DAYS[1]:
            refuse()
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuse_one)
    with pytest.raises(LateError) as raised:
        remove_old_runs(target, 1)
    assert str(raised.value) == (
        f"{tmp_path / DAYS[1]}: is older than output.keep_runs, but cannot be removed: "
        "Read-only file system; remove it yourself, or raise output.keep_runs"
    )
    assert listed(tmp_path) == [DAYS[1], DAYS[3]]


def test_a_run_that_holds_what_others_put_there_stays_and_is_told_of(tmp_path: Path) -> None:
    target = runs_of(tmp_path, DAYS)
    (tmp_path / DAYS[0] / "notes.txt").write_text("mine")
    with pytest.raises(LateError) as raised:
        remove_old_runs(target, 2)
    assert str(raised.value) == (
        f"{tmp_path / DAYS[0]}: is older than output.keep_runs, but holds 'notes.txt', "
        "which leadscore did not write; remove it yourself, or raise output.keep_runs"
    )
    assert listed(tmp_path) == [DAYS[0], *DAYS[2:]]


def test_a_new_link_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[Path, str]] = []
    monkeypatch.setattr(
        series, "sync", lambda folder: synced.append((folder, str((tmp_path / "latest").readlink())))
    )
    point_at_newest(runs_of(tmp_path, DAYS))
    assert synced == [(tmp_path, DAYS[3])]


def test_a_run_that_goes_only_in_part_is_no_run_any_more_and_what_is_left_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = runs_of(tmp_path, DAYS[2:])
    monkeypatch.setattr(shutil, "rmtree", lambda path, ignore_errors: None)
    with pytest.raises(LateError, match=rf"\.{DAYS[2]}\.stage-[0-9a-f]{{8}} of it is left; remove it"):
        remove_old_runs(target, 1)
    assert [path.name for _, path in target.runs()] == [DAYS[3]]
