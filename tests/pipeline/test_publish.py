"""test_publish: whatever fails, whoever looks finds the old result or the new one, whole."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from leadscore.errors import LeadscoreError, PublishError
from leadscore.pipeline import staged, write
from leadscore.pipeline.lock import hold_target
from leadscore.pipeline.publish import Stage, open_stage, refuse_foreign
from leadscore.pipeline.staged import open_staged
from leadscore.pipeline.target import MANIFEST, find_target, last_manifest
from tests.running import Place, files_in, match, model_of, run

CONFIG = model_of(match("visits: {at_least: 50}", 10))
LEADS = "lead_id,visits\n1,60\n2,5\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def publish(target: Path, content: bytes, error: type[BaseException] | None = None) -> None:
    place = find_target(target, date(2026, 6, 30))
    with hold_target(place), open_stage(place.folder) as stage:
        with stage.create("ranked.csv") as file:
            file.write(content)
            if error:
                raise error
        with stage.create("tiers/Hot.csv") as file:
            file.write(content)
        stage.create_json(MANIFEST, {"outputs": dict(stage.files)})


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_stage_becomes_the_target_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "new" / "out"
    for content in (b"old", b"new"):
        publish(target, content)
        assert {name for name, found in files_in(target).items() if found == content} == {
            "ranked.csv",
            "tiers/Hot.csv",
        }
        assert left_over(target.parent) == []


def test_the_manifest_knows_the_digest_and_size_of_each_file(tmp_path: Path) -> None:
    publish(tmp_path / "out", b"abc")
    manifest = last_manifest(tmp_path / "out")
    assert manifest is not None
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert manifest["outputs"]["tiers/Hot.csv"] == {"bytes": 3, "sha256": digest}


def test_json_is_text_that_can_be_read_and_holds_any_name_of_a_file(tmp_path: Path) -> None:
    stage = Stage(tmp_path, tmp_path)
    stage.create_json("about.json", {"name": "é", "file": "\udcff"})
    content = (tmp_path / "about.json").read_bytes()
    assert content == '{\n  "name": "é",\n  "file": "\\udcff"\n}\n'.encode()
    assert stage.files["about.json"]["bytes"] == len(content)


@pytest.mark.parametrize("exchanged", [True, False])
def test_every_folder_is_on_the_disk_before_the_switch_and_the_one_above_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanged: bool
) -> None:
    if exchanged:
        publish(tmp_path / "out", b"old")
    synced: list[tuple[str, bool]] = []

    def watch(folder: Path) -> None:
        there = files_in(tmp_path / "out").get("ranked.csv") == b"new"
        synced.append((re.sub("stage-[0-9a-f]{8}", "stage", str(folder.relative_to(tmp_path))), there))

    monkeypatch.setattr("leadscore.pipeline.publish.sync", watch)
    publish(tmp_path / "out", b"new")
    assert synced == [(".out.stage/tiers", False), (".out.stage", False), (".", True)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError, MemoryError])
def test_a_run_that_is_stopped_leaves_the_old_result_and_no_stage(
    tmp_path: Path, error: type[BaseException]
) -> None:
    publish(tmp_path / "out", b"old")
    before = files_in(tmp_path)
    with pytest.raises(error):
        publish(tmp_path / "out", b"half", error)
    assert files_in(tmp_path) == before
    assert left_over(tmp_path) == []


class Failing:
    """A system call that fails the nth time it is made, over all calls that are watched."""

    def __init__(self, number: int, code: int) -> None:
        self.left, self.code, self.failed = number, code, ""

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.failed = name
                raise OSError(self.code, os.strerror(self.code))
            return call(*arguments, **options)

        return wrapped


WATCHED = ("open", "mkdir", "fsync", "rename", "fdopen")
CALLS = 30
"""More than the watched calls of one small run."""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("exchange", [True, False], ids=["one step", "no exchange"])
def test_whichever_call_fails_the_target_holds_the_old_result_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(ctypes, "CDLL", mock.Mock(return_value=object()))
    for number in range(1, CALLS):
        folder = tmp_path / str(number)
        publish(folder / "out", b"old")
        failing = Failing(number, code)
        error: BaseException | None = None
        with monkeypatch.context() as patch:
            for name in WATCHED:
                patch.setattr(os, name, failing.wrap(name, getattr(os, name)))
            try:
                publish(folder / "out", b"new")
            except (LeadscoreError, OSError) as raised:
                error = raised
        where = f"{failing.failed}, call {number}"
        found = set(files_in(folder / "out").values()) & {b"old", b"new"}
        assert found in ({b"old"}, {b"new"}), where
        assert left_over(folder) == [], where
        if isinstance(error, PublishError) and error.exit_code == 6:
            assert found == {b"old"}, f"{where}: said the old result is untouched"
        if error is None:
            assert found == {b"new"}, where
    assert error is None, "CALLS is too small"


def foreign_files() -> dict[str, Callable[[Path], None]]:
    def file(out: Path) -> None:
        (out / "notes.txt").write_text("mine")

    def hidden(out: Path) -> None:
        (out / ".htaccess").write_text("mine")

    def in_tiers(out: Path) -> None:
        (out / "tiers" / "mine.csv").write_text("mine")

    def empty_folder(out: Path) -> None:
        (out / "mine").mkdir()

    def link(out: Path) -> None:
        (out / "link").symlink_to("/etc/hostname")

    def link_to_folder(out: Path) -> None:
        (out / "link").symlink_to(out.parent)

    def dead_link(out: Path) -> None:
        (out / "link").symlink_to("/nowhere")

    def fifo(out: Path) -> None:
        os.mkfifo(out / "fifo")

    makers = (file, hidden, in_tiers, empty_folder, link, link_to_folder, dead_link, fifo)
    return {maker.__name__: maker for maker in makers}


@pytest.mark.parametrize("name", foreign_files())
def test_a_folder_that_holds_anything_of_others_is_refused(place: Place, name: str) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    foreign_files()[name](place.out)
    before, listed = place.files(), sorted(place.out.rglob("*"))
    ended = place.score("lead_id,visits\n3,60\n", CONFIG)
    assert ended.code == 6
    assert "which leadscore did not write" in ended.stderr
    assert (place.files(), sorted(place.out.rglob("*"))) == (before, listed)


@pytest.mark.parametrize(
    "manifest",
    ["{", "[1]", "{}", '{"name": "my web app"}', '{"outputs": 5}', '{"outputs": {}, "counts": []}',
     '{"outputs": {}, "counts": {"in": "many"}}', '{"outputs": [["a"]]}', '{"outputs": null}', "\udcff"],
)  # fmt: skip
def test_a_manifest_that_is_not_ours_is_not_taken_for_one(place: Place, manifest: str) -> None:
    place.out.mkdir()
    (place.out / MANIFEST).write_bytes(manifest.encode("utf-8", "surrogateescape"))
    before = place.files()
    assert place.score(LEADS, CONFIG, "--set", "checks={max_row_drop: 10%}").code == 6
    assert place.files() == before


def test_an_empty_folder_is_as_good_as_none(place: Place) -> None:
    place.out.mkdir()
    assert place.score(LEADS, CONFIG).code == 0
    assert place.scores() == {"1": "10", "2": "0"}


def refused_targets(folder: Path) -> Iterator[tuple[str, Path]]:
    folder.joinpath("file").write_text("mine")
    folder.joinpath("elsewhere").mkdir()
    folder.joinpath("link").symlink_to("elsewhere")
    folder.joinpath("dead").symlink_to("nowhere")
    yield "a file", folder / "file"
    yield "a link to a folder", folder / "link"
    yield "a link to nowhere", folder / "dead"
    yield "under a file", folder / "file" / "out"
    yield "the folder of the export", folder
    yield "in /proc", Path("/proc/leadscore/out")


def test_a_target_that_cannot_be_ours_is_refused(place: Place) -> None:
    for name, target in refused_targets(place.folder):
        export, model = place.write("leads.csv", LEADS), place.write("model.yml", CONFIG)
        before = files_in(place.folder)
        ended = run("score", export, "-c", model, "-o", target)
        assert (ended.code, ended.stdout) == (6, ""), name
        assert str(target) in ended.stderr, name
        assert files_in(place.folder) == before, name
        assert left_over(place.folder) == [], name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(place: Place) -> None:
    place.folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert place.score(LEADS, CONFIG).code == 6


@pytest.mark.parametrize("name", ["ranked.csv", "tiers/Hot.csv", MANIFEST])
@pytest.mark.parametrize("damage", ["byte", "cut", "gone"])
def test_what_the_disk_did_not_keep_is_not_published(tmp_path: Path, name: str, damage: str) -> None:
    publish(tmp_path / "out", b"old")
    before = files_in(tmp_path)

    def publish_damaged() -> None:
        with open_stage(tmp_path / "out") as stage:
            for made in ("ranked.csv", "tiers/Hot.csv"):
                with stage.create(made) as file:
                    file.write(b"new")
            stage.create_json(MANIFEST, {"outputs": dict(stage.files)})
            path = stage.folder / name
            content = path.read_bytes()
            path.write_bytes(content[:-1] + (b"x" if damage == "byte" else b""))
            if damage == "gone":
                path.unlink()

    with pytest.raises(PublishError) as raised:
        publish_damaged()
    assert damage == "gone" or f"{name} on the disk is not what was written" in str(raised.value)
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("error", [None, ValueError])
def test_nothing_may_stop_a_run_once_there_is_no_way_back(
    tmp_path: Path, error: type[BaseException] | None
) -> None:
    there: list[bool] = []

    def settle() -> None:
        there.append((tmp_path / "out").exists())

    def publish_settled() -> None:
        with open_stage(tmp_path / "out", settle=settle):
            if error:
                raise error

    if error:
        with pytest.raises(error):
            publish_settled()
        assert there == [False]
    else:
        publish_settled()
        assert there == [False, True]


def test_files_without_the_rows_of_the_summary_are_a_bug_and_not_published(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    before = place.files()
    made = write._make_pieces

    def lose_a_lead(*arguments: Any) -> Iterator[list[Any]]:
        for pieces in made(*arguments):
            yield [pieces[0], *(piece.slice(1) for piece in pieces[1:])]

    monkeypatch.setattr(write, "_make_pieces", lose_a_lead)
    with pytest.raises(AssertionError, match="a bug in leadscore"):  # the only place where exit 1 is meant
        place.score(LEADS, CONFIG)
    assert place.files() == before


def test_a_target_that_is_not_ours_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(PublishError, match=r"holds 'notes\.txt'"), open_stage(tmp_path / "out"):
        pytest.fail("there is a stage")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "notes.txt"]


def test_what_somebody_puts_into_the_old_result_during_a_run_is_not_removed_with_it(tmp_path: Path) -> None:
    publish(tmp_path / "out", b"old")

    def publish_meanwhile() -> None:
        with open_stage(tmp_path / "out"):
            (tmp_path / "out" / "notes.txt").write_text("mine")

    with pytest.raises(PublishError, match=r"holds 'notes\.txt'"):
        publish_meanwhile()
    assert files_in(tmp_path / "out")["notes.txt"] == b"mine"
    assert files_in(tmp_path / "out")["ranked.csv"] == b"old"
    assert left_over(tmp_path) == []


def test_nothing_is_refused_where_all_is_ours(tmp_path: Path) -> None:
    publish(tmp_path / "out", b"old")
    refuse_foreign(tmp_path / "out")
    refuse_foreign(tmp_path / "not there")


def publish_over(target: Path, victim: Path) -> None:
    with open_stage(target) as stage:
        (stage.folder / "ranked.csv").symlink_to(victim)
        with stage.create("ranked.csv") as file:
            file.write(b"x")


def test_a_file_planted_in_the_stage_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    with pytest.raises(PublishError):
        publish_over(tmp_path / "out", victim)
    assert victim.read_text() == "mine"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_a_file_has_the_mode_asked_for_and_nobody_else_may_read_it_before(
    tmp_path: Path, mode: int, mask: int
) -> None:
    before = os.umask(mask)
    try:
        with open_staged(tmp_path / "file", mode):
            assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode
    finally:
        os.umask(before)


@pytest.mark.parametrize("size", [0, 1, 7])
def test_a_large_file_is_brought_to_the_disk_while_it_is_written_and_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    seen: list[tuple[str, int]] = []
    sync = os.fsync

    def watched(file: int) -> None:
        seen.append((threading.current_thread().name, os.fstat(file).st_size))
        sync(file)

    monkeypatch.setattr(os, "fsync", watched)
    monkeypatch.setattr(staged, "SYNC_BYTES", 1 << 20)
    content = bytes(1 << 20)
    with open_staged(tmp_path / "file") as file:
        for _ in range(size):
            file.write(content)
    assert seen[-1] == ("MainThread", size << 20)
    early = [name for name, _ in seen[:-1]]
    assert len(early) in range(min(size, 1), size + 1)
    assert all(name.startswith("sync") for name in early)
    assert (file.size, file.digest.hexdigest()) == (size << 20, hashlib.sha256(content * size).hexdigest())
    assert [thread for thread in threading.enumerate() if thread.name.startswith("sync")] == []


def test_what_is_still_in_a_buffer_is_on_the_disk_at_the_end_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: sizes.append(os.fstat(file).st_size))
    with open_staged(tmp_path / "file") as file:
        file.write(b"abc")
        assert sizes == []
    assert sizes == [3]


@pytest.mark.parametrize("writes", [1, 2, 5])
def test_what_the_disk_could_not_write_early_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    def refuse_once(file: int) -> None:
        monkeypatch.undo()  # as the system does: a failure is told once
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def write() -> None:
        with open_staged(tmp_path / "file") as file:
            for _ in range(writes):
                file.write(b"abc")

    monkeypatch.setattr(staged, "SYNC_BYTES", 1)
    monkeypatch.setattr(os, "fsync", refuse_once)
    with pytest.raises(OSError, match="Input/output"):
        write()
