"""test_store_stage: in a store as on a disk, whoever looks finds the old result or the new one, whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leadscore.errors import LateError, LockedError, PublishError
from leadscore.pipeline import store_stage
from leadscore.pipeline.parts import create_part
from leadscore.pipeline.store import read_small
from leadscore.pipeline.store_path import address_of
from leadscore.pipeline.store_stage import RUN, STARTED, StoreStage, open_store_stage
from leadscore.pipeline.target import MANIFEST, last_manifest
from tests.stores import SECRET, Store, objects_in, open_store, put

PART = "tiers/SQL.csv/part-00000.csv"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with open_store() as opened:
        yield opened


@pytest.fixture
def target(store: Store) -> Path:
    return store.path(f"{store.bucket()}/runs/2026-06-30")


def publish(target: Path, content: bytes, before_switch: Callable[[StoreStage], object] | None = None) -> str:
    """Publish a result of a file and a part; gives the name of its folder."""
    with open_store_stage(target) as stage:
        with stage.create("ranked.csv") as file:
            file.write(content)
        stage.count("ranked.csv", 1)
        with create_part(str(stage.folder), PART) as file:
            file.write(content)
        stage.adopt(PART, {"rows": 1, **file.facts})
        stage.create_json("summary.json", {"leads": 1})
        stage.create_json(MANIFEST, {"leadscore": "1", "outputs": dict(stage.files)})
        if before_switch is not None:
            before_switch(stage)
    return stage.folder.name


def manifest_in(target: Path) -> dict[str, Any]:
    found = last_manifest(address_of(target))
    assert found is not None
    return found


def published(target: Path) -> bytes:
    """What a reader finds: each file that the manifest names, with the size it says."""
    manifest = manifest_in(target)
    run = objects_in(address_of(target) / manifest["folder"])
    assert {name: about["bytes"] for name, about in manifest["outputs"].items()} == {
        name: len(content) for name, content in run.items()
    }
    assert run["ranked.csv"] == run[PART]
    return run["ranked.csv"]


def runs_in(target: Path) -> set[str]:
    return {name.split("/")[0] for name in objects_in(target)} - {MANIFEST}


def test_a_run_has_a_folder_of_its_own_and_the_manifest_names_it(target: Path) -> None:
    folder = publish(target, b"new")
    assert RUN.fullmatch(folder)
    assert set(objects_in(target)) == {
        MANIFEST,
        *(f"{folder}/{name}" for name in ("ranked.csv", PART, "summary.json")),
    }
    assert published(target) == b"new"
    manifest = manifest_in(target)
    assert (manifest["leadscore"], manifest["folder"], manifest["before"]) == ("1", folder, "")
    assert manifest["outputs"][PART]["rows"] == 1


def test_the_run_before_stays_for_its_readers_and_the_one_before_that_goes(target: Path) -> None:
    folders = [publish(target, b"1")]
    for number in range(2, 6):
        folders.append(publish(target, str(number).encode()))
        assert published(target) == str(number).encode()
        assert manifest_in(target)["before"] == folders[-2]
        assert runs_in(target) == set(folders[-2:])
        assert objects_in(address_of(target) / folders[-2])["ranked.csv"] == str(number - 1).encode()


def test_nobody_sees_a_run_before_its_switch(target: Path) -> None:
    publish(target, b"old")
    seen: list[bytes] = []
    publish(target, b"new", lambda stage: seen.append(published(target)))
    assert (seen, published(target)) == ([b"old"], b"new")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError, MemoryError])
@pytest.mark.parametrize("first", [True, False])
def test_a_run_that_is_stopped_leaves_the_old_result_and_no_folder(
    target: Path, error: type[BaseException], first: bool
) -> None:
    if not first:
        publish(target, b"old")
    before = objects_in(target)

    def stop(stage: StoreStage) -> None:
        raise error

    with pytest.raises(error):
        publish(target, b"new", stop)
    assert objects_in(target) == before


@pytest.mark.parametrize(
    "name", ["notes.txt", "mine/notes.txt", "run-1/a.csv", "run-0123abcd.csv", "run-0123ABCD/a", "_SUCCESS"]
)
@pytest.mark.parametrize("ours", [True, False], ids=["beside a result", "without a result"])
def test_a_prefix_that_holds_anything_of_others_is_refused(target: Path, name: str, ours: bool) -> None:
    if ours:
        publish(target, b"old")
    put(address_of(target) / name, b"mine")
    before = objects_in(target)
    with pytest.raises(PublishError, match="which leadscore did not write") as refusal:
        publish(target, b"new")
    assert refusal.value.exit_code == 6
    assert objects_in(target) == before


@pytest.mark.parametrize("manifest", ["{", "[1]", "{}", '{"name": "my web app"}', '{"outputs": 5}'])
def test_a_manifest_that_is_not_ours_is_not_taken_for_one(target: Path, manifest: str) -> None:
    put(address_of(target) / MANIFEST, manifest.encode())
    with pytest.raises(PublishError, match=r"holds 'manifest\.json', which leadscore did not write"):
        publish(target, b"new")
    assert read_small(address_of(target) / MANIFEST) == manifest.encode()


def test_an_object_in_the_place_of_the_folder_is_refused(target: Path) -> None:
    put(target, b"mine")
    with pytest.raises(PublishError, match="is not a folder"):
        publish(target, b"new")


@pytest.mark.parametrize("before", ["../../mine", "mine", "", 5, None, "run-0123abcd/../x", "ranked.csv"])
def test_a_manifest_cannot_name_anything_but_a_run_to_be_removed(target: Path, before: object) -> None:
    put(
        address_of(target) / MANIFEST,
        json.dumps({"outputs": {}, "folder": before, "before": before}).encode(),
    )
    put(address_of(target).parent / "mine" / "notes.txt", b"mine")
    publish(target, b"new")
    assert objects_in(address_of(target).parent / "mine") == {"notes.txt": b"mine"}
    assert manifest_in(target)["before"] == ""


def test_what_no_task_told_of_is_not_published(target: Path) -> None:
    publish(target, b"new", lambda stage: put(stage.folder / "tiers/SQL.csv/part-00009.csv", b"dead"))
    assert published(target) == b"new"


@pytest.mark.parametrize(
    "facts", [{"rows": 1, "bytes": 3, "sha256": "x"}, {"rows": 1, "bytes": 4, "sha256": "x"}]
)
def test_a_part_that_is_not_there_with_its_size_is_not_published(target: Path, facts: dict[str, Any]) -> None:
    publish(target, b"old")
    before = objects_in(target)

    def claim(stage: StoreStage) -> None:
        if facts["bytes"] == 4:
            put(stage.folder / "lost.csv", b"abc")
        stage.adopt("lost.csv", facts)

    with pytest.raises(PublishError, match=r"lost\.csv in the store is not what was written"):
        publish(target, b"new", claim)
    assert objects_in(target) == before


def test_two_runs_at_once_do_not_undo_each_other(target: Path) -> None:
    publish(target, b"old")
    with pytest.raises(LockedError, match="another run was published here meanwhile"):
        publish(target, b"slow", lambda stage: publish(target, b"fast"))
    assert published(target) == b"fast"
    assert len(runs_in(target)) == 2


def test_a_server_that_stops_in_the_middle_leaves_the_old_result(store: Store, target: Path) -> None:
    publish(target, b"old")
    before = objects_in(target)
    try:
        with pytest.raises(PublishError) as refusal:
            publish(target, b"new", lambda stage: store.stop())
    finally:
        store.start()
    assert refusal.value.exit_code == 6
    text = str(refusal.value)
    assert "the server does not answer" in text
    assert len(text.splitlines()) == 1
    for word in (SECRET, "CANARYKEY", "127.0.0.1", "region"):
        assert word not in text
    after = objects_in(target)
    assert published(target) == b"old"
    assert {name: after[name] for name in before} == before
    assert publish(target, b"new") in runs_in(target)
    assert published(target) == b"new"


def test_a_server_that_is_gone_is_told_before_anything_is_scored(store: Store, target: Path) -> None:
    store.stop()
    try:
        with pytest.raises(PublishError, match="the server does not answer"), open_store_stage(target):
            pytest.fail("the block has begun")
    finally:
        store.start()


def test_that_nothing_can_be_written_is_told_before_anything_is_scored(store: Store) -> None:
    with (
        pytest.raises(PublishError, match="there is no such bucket"),
        open_store_stage(store.path("no-such-bucket/out")),
    ):
        pytest.fail("the block has begun")


class Manifests:
    """A store that fails when it is given the manifest: after it took it, or before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, taken: bool, silent: bool = False) -> None:
        self.taken, self.silent, self.patch = taken, silent, monkeypatch
        monkeypatch.setattr(store_stage, "create_part", self.create)

    def create(self, folder: Path, name: str, mode: int = 0) -> Any:
        return create_part(folder, name) if name != MANIFEST else self._create(folder)

    @contextmanager
    def _create(self, folder: Path) -> Iterator[Any]:
        with create_part(folder, MANIFEST if self.taken else "run-00000000/lost") as file:
            yield file
        if self.silent:
            self.patch.setattr(store_stage, "read_small", self.refuse)
        raise PublishError([])

    def refuse(self, path: Path) -> bytes:
        raise PublishError([])


def test_a_manifest_that_came_there_although_the_store_did_not_say_so_is_published(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(target, b"old")
    Manifests(monkeypatch, taken=True)
    publish(target, b"new")
    assert published(target) == b"new"


def test_a_manifest_that_did_not_come_there_leaves_the_old_result(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = publish(target, b"old")
    Manifests(monkeypatch, taken=False)
    with pytest.raises(PublishError):
        publish(target, b"new")
    assert published(target) == b"old"
    assert runs_in(target) == {folder, "run-00000000"}


@pytest.mark.parametrize("taken", [True, False])
def test_while_nobody_knows_which_manifest_stands_both_results_stay(
    target: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    publish(target, b"old")
    with monkeypatch.context() as patch:
        Manifests(patch, taken=taken, silent=True)
        with pytest.raises(PublishError):
            publish(target, b"new")
    manifest = manifest_in(target)
    run = objects_in(address_of(target) / manifest["folder"])
    assert run["ranked.csv"] == (b"new" if taken else b"old")
    assert run.keys() >= manifest["outputs"].keys()


def test_that_an_old_run_could_not_be_removed_is_told_when_the_new_one_is_published(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (b"1", b"2"):
        publish(target, content)

    def refuse(path: Path) -> None:
        raise OSError("AWS Error ACCESS_DENIED during DeleteObject operation")

    with monkeypatch.context() as patch:
        patch.setattr(store_stage, "_delete", refuse)
        with pytest.raises(LateError, match=r"is published, but .*: access is denied") as late:
            publish(target, b"3")
    assert late.value.exit_code == 7
    manifest = manifest_in(target)
    run = objects_in(address_of(target) / manifest["folder"])
    assert (run.pop(STARTED), run["ranked.csv"]) == (b"", b"3")


def test_runs_that_were_killed_go_when_they_are_old_and_no_others(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(target, b"old")
    killed, others = address_of(target) / "run-aaaaaaaa", address_of(target) / "run-bbbbbbbb"
    for path in (killed / STARTED, killed / "a.csv", others / "a.csv"):
        put(path, b"")
    second = publish(target, b"new")
    assert runs_in(target) == {first, second, killed.name, others.name}
    monkeypatch.setattr(store_stage, "DEAD_AFTER", timedelta(seconds=-3600))
    third = publish(target, b"newer")
    assert runs_in(target) == {second, third, others.name}
    assert published(target) == b"newer"


@pytest.mark.parametrize("fails", [True, False])
def test_nothing_can_stop_a_run_from_its_switch_on(target: Path, fails: bool) -> None:
    publish(target, b"old")
    seen: list[tuple[bytes, int]] = []

    def settle() -> None:
        seen.append((published(target), len(runs_in(target))))

    def run() -> None:
        with open_store_stage(target, settle=settle) as stage:
            with stage.create("ranked.csv") as file:
                file.write(b"new")
            if fails:
                raise ValueError
            stage.create_json(MANIFEST, {"outputs": dict(stage.files)})

    if fails:
        with pytest.raises(ValueError):  # noqa: PT011
            run()
    else:
        run()
    assert seen == [(b"old", 2)]
