"""test_parts: a file that a task makes is whole under its name, or not there; on a disk and in a store."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadscore.errors import PublishError
from leadscore.pipeline import parts
from leadscore.pipeline.parts import create_part
from leadscore.pipeline.publish import Stage, find_strange, open_stage
from leadscore.pipeline.store import file_system
from leadscore.pipeline.store_path import address_of, url_of
from leadscore.pipeline.target import MANIFEST, find_target
from tests.running import files_in
from tests.stores import SECRET, Store, objects_in, open_store

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with open_store() as opened:
        yield opened


Folder = tuple[Path, Callable[[], dict[str, bytes]]]


@pytest.fixture(params=["disk", "store"])
def folder(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Folder:
    """Where parts go, and what is there."""
    if request.param == "disk":
        return tmp_path, lambda: files_in(tmp_path)
    path = address_of(store.path(f"{store.bucket()}/out/run-00000000"))
    return path, lambda: objects_in(path)


@pytest.mark.parametrize("size", [0, 1, 10 * MEGABYTE - 1, 10 * MEGABYTE, 10 * MEGABYTE + 1, 25 * MEGABYTE])
def test_a_part_is_there_with_the_bytes_that_were_written(folder: Folder, size: int) -> None:
    content = os.urandom(size)
    with create_part(folder[0], "ranked.csv") as file:
        for first in range(0, size, 3 * MEGABYTE):
            file.write(content[first : first + 3 * MEGABYTE])
    assert folder[1]() == {"ranked.csv": content}
    assert file.facts == {"bytes": size, "sha256": hashlib.sha256(content).hexdigest()}


def test_a_folder_may_be_given_as_text_and_a_name_may_have_folders(folder: Folder) -> None:
    for where in (str(folder[0]), url_of(folder[0]) or str(folder[0])):
        for name in ("tiers/SQL.csv/part-00000.csv", "tiers/SQL.csv/part-00001.csv", "a.csv"):
            with create_part(where, name) as file:
                file.write(name.encode())
    assert folder[1]() == {
        name: name.encode()
        for name in ("tiers/SQL.csv/part-00000.csv", "tiers/SQL.csv/part-00001.csv", "a.csv")
    }


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_a_task_that_fails_leaves_nothing_and_the_next_try_its_part(
    folder: Folder, error: type[BaseException]
) -> None:
    def attempt(content: bytes, fails: bool) -> None:
        with create_part(folder[0], "a/part.csv") as file:
            file.write(content)
            if fails:
                raise error

    with pytest.raises((error, PublishError)):
        attempt(b"half", fails=True)
    assert folder[1]() == {}
    attempt(b"whole", fails=False)
    with pytest.raises((error, PublishError)):
        attempt(b"ha", fails=True)
    attempt(b"whole", fails=False)
    assert folder[1]() == {"a/part.csv": b"whole"}


def test_a_parquet_file_can_be_written_as_a_part(folder: Folder) -> None:
    table = pa.table({"lead": [str(row) for row in range(1000)], "score": list(range(1000))})
    with create_part(folder[0], "ranked.parquet/part-00000.parquet") as file:
        pq.write_table(table, pa.PythonFile(file, mode="w"), row_group_size=100)
    [content] = folder[1]().values()
    assert pq.read_table(pa.BufferReader(content)).equals(table)
    assert file.size == len(content)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_part_on_a_disk_has_its_mode_and_its_folders_are_private(tmp_path: Path, mode: int) -> None:
    with create_part(tmp_path, "a/b/c.csv", mode) as file:
        file.write(b"x")
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert found == {"a": 0o700, "b": 0o700, "c.csv": mode}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(PublishError, match="cannot be written: No such file"),
        create_part(tmp_path / "x", "a"),
    ):
        pass


class Damaging:
    """A file system that stores something else than it is given."""

    def __init__(self, system: Any, damage: Callable[[bytes], bytes]) -> None:
        self.system, self.damage = system, damage

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)

    def open_output_stream(self, key: str, **options: Any) -> Any:
        stream, damage = self.system.open_output_stream(key, **options), self.damage

        class Stream:
            def __enter__(self) -> Stream:
                return self

            def __exit__(self, *error: object) -> None:
                stream.close()

            def write(self, content: bytes) -> None:
                stream.write(damage(content))

        return Stream()


@pytest.mark.parametrize("marked", [True, False], ids=["a store with marks", "a store without marks"])
@pytest.mark.parametrize("damaged", [True, False])
def test_what_came_there_is_compared_with_what_was_made(
    store: Store, monkeypatch: pytest.MonkeyPatch, marked: bool, damaged: bool
) -> None:
    def swap(content: bytes) -> bytes:
        return b"X" + content[1:] if damaged else content

    def damaging(path: Path) -> tuple[Any, str]:
        system, key = file_system(path)
        return Damaging(system, swap), key

    monkeypatch.setattr(parts, "file_system", damaging)
    if not marked:
        monkeypatch.setattr(parts, "etag_of", lambda system, key: "")
    path = address_of(store.path(f"{store.bucket()}/out"))

    def write() -> None:
        with create_part(path, "a.csv") as file:
            file.write(b"abc")

    if not damaged:
        write()
        return
    with pytest.raises(PublishError, match="what came there is not what was made"):
        write()


def test_a_store_with_marks_is_not_read_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    class Watched(Damaging):
        def open_input_stream(self, key: str, **options: Any) -> Any:
            read.append(key)
            return self.system.open_input_stream(key, **options)

    def watched(path: Path) -> tuple[Any, str]:
        system, key = file_system(path)
        return Watched(system, lambda content: content), key

    monkeypatch.setattr(parts, "file_system", watched)
    path = address_of(store.path(f"{store.bucket()}/out"))
    for size in (0, 5, 25 * MEGABYTE):
        read.clear()
        with create_part(path, "a.csv") as file:
            file.write(bytes(size))
        assert len(read) == 1, "it is opened for its mark alone"


def test_a_bucket_that_is_not_there_is_told_in_a_sentence(store: Store) -> None:
    path = store.path("no-such-bucket/out")
    with pytest.raises(PublishError) as refusal, create_part(url_of(path), "a.csv") as file:
        file.write(b"x")
    text = "s3://no-such-bucket/out/a.csv: cannot be written: there is no such bucket; check the address"
    assert str(refusal.value) == text
    assert SECRET not in text


def publish_parts(target: Path, made: dict[str, bytes]) -> None:
    place = find_target(target, date(2026, 6, 30))
    with open_stage(place.folder) as stage:
        _fill(stage, made)


def _fill(stage: Stage, made: dict[str, bytes]) -> None:
    for name, content in made.items():
        with create_part(str(stage.folder), name) as file:
            file.write(content)
        stage.adopt(name, {"rows": 1, **file.facts, "seconds": 5})
    stage.create_json(MANIFEST, {"outputs": dict(stage.files)})


PARTS = {"ranked.parquet/part-00000.parquet": b"a", "tiers/SQL.csv/part-00003.csv": b"b"}


def test_parts_in_folders_within_folders_are_published_and_replaced(tmp_path: Path) -> None:
    for made in (PARTS, {"ranked.parquet/part-00000.parquet": b"c"}):
        publish_parts(tmp_path / "out", made)
        found = files_in(tmp_path / "out")
        del found[MANIFEST]
        assert found == made
        assert find_strange(tmp_path / "out") == ""


@pytest.mark.parametrize("name", ["tiers/SQL.csv/mine.csv", "tiers/mine.csv", "ranked.parquet/more/part"])
def test_what_others_put_among_parts_is_strange(tmp_path: Path, name: str) -> None:
    publish_parts(tmp_path / "out", PARTS)
    mine = tmp_path / "out" / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_bytes(b"mine")
    assert find_strange(tmp_path / "out") in (name, str(Path(name).parent))
    with pytest.raises(PublishError, match="which leadscore did not write"):
        publish_parts(tmp_path / "out", PARTS)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_part_that_is_not_what_its_task_told_is_not_published(tmp_path: Path, damage: str) -> None:
    publish_parts(tmp_path / "out", {"old.csv": b"old"})
    before = files_in(tmp_path)

    def publish() -> None:
        with open_stage(tmp_path / "out") as stage:
            _fill(stage, PARTS)
            part = stage.folder / "tiers/SQL.csv/part-00003.csv"
            part.unlink()
            if damage == "changed":
                part.write_bytes(b"X")

    with pytest.raises(
        PublishError, match=r"tiers/SQL\.csv/part-00003\.csv on the disk is not what was written"
    ):
        publish()
    assert files_in(tmp_path) == before


def test_what_no_task_told_of_is_not_published(tmp_path: Path) -> None:
    def leave(stage: Stage, name: str) -> None:
        path = stage.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")

    with open_stage(tmp_path / "out") as stage:
        _fill(stage, PARTS)
        for name in ("tiers/SQL.csv/.part-00003.csv.stage-0123abcd", "tiers/SQL.csv/part-9.csv", "a/b/c.csv"):
            leave(stage, name)
    assert set(files_in(tmp_path / "out")) == {*PARTS, MANIFEST}
    assert find_strange(tmp_path / "out") == ""


def test_what_the_manifest_says_of_a_part_is_its_rows_bytes_and_digest(tmp_path: Path) -> None:
    stage = Stage(tmp_path, tmp_path)
    stage.adopt("a", {"sha256": "x", "bytes": 1, "rows": 2, "etag": "y"})
    stage.adopt("b", {"bytes": 1, "sha256": "x"})
    assert stage.files == {"a": {"rows": 2, "bytes": 1, "sha256": "x"}, "b": {"bytes": 1, "sha256": "x"}}
    assert list(stage.files["a"]) == ["rows", "bytes", "sha256"]
