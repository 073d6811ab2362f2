"""test_verify: a run that is whole is said to be, and nothing that is not as it was written passes for it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadscore.analysis import verify
from leadscore.pipeline.publish import digest_of
from tests.running import Place, csv_of, model_of, run

CONFIG = model_of(
    "kind: count, field: visits, each: 1",
    head="disqualify: [{name: rival, when: {title: Rival}}]",
    tiers="[{name: Hot, min_score: 10}, {name: Warm, min_score: 5}, {name: Cold}]",
)
LEADS = csv_of("lead_id;visits;title", ["=1;12;", "2;7;a", "3;1;", "4;12;'x", "5;20;Rival", "x", "007;7;"])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    assert made.score(LEADS, CONFIG, "--format", "csv", "--format", "parquet").code == 5
    return made


def rewrite(place: Place, name: str, old: str, new: str, rows: int = 0) -> None:
    """Change a file, and the manifest so that its digest is right."""
    path = place.out / name
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))
    change_manifest(place, lambda manifest: _digest(manifest["outputs"][name], path, rows))


def _digest(written: dict[str, Any], path: Path, rows: int) -> None:
    content = path.read_bytes()
    written |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    written["rows"] += rows


def change_manifest(place: Place, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = place.manifest()
    change(manifest)
    (place.out / "manifest.json").write_text(json.dumps(manifest))


def test_a_run_that_is_whole_is_said_to_be(place: Place) -> None:
    ended = run("verify", place.out)
    files = len(place.files()) - 1
    assert (ended.code, ended.stdout) == (0, "")
    assert ended.stderr == f"{place.out}: is whole: as of 2026-06-30, {files} files, 5 of 7 leads ranked\n"
    link = place.folder / "latest"
    link.symlink_to("out")
    told = json.loads(run("verify", link, "--json").stdout)
    assert (told["exit_code"], told["files"], told["leads"]) == (0, files, place.manifest()["counts"])


@pytest.mark.parametrize(
    "name", ["ranked.csv", "ranked.parquet", "tiers/Hot.csv", "set_aside.csv", "summary.json"]
)
@pytest.mark.parametrize("damage", ["byte", "cut", "longer", "gone", "link", "folder"])
def test_no_damage_to_any_file_goes_unseen(place: Place, name: str, damage: str) -> None:
    path = place.out / name
    content = path.read_bytes()
    if damage == "byte":
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "cut":
        path.write_bytes(content[:-1])
    elif damage == "longer":
        path.write_bytes(content + b"\n")
    else:
        path.unlink()
        if damage == "link":
            (place.folder / "elsewhere").write_bytes(content)
            path.symlink_to(place.folder / "elsewhere")
        elif damage == "folder":
            path.mkdir()
    ended = run("verify", place.out)
    assert ended.code == 4
    said = "is missing" if damage in {"gone", "link", "folder"} else "is not as the run wrote it"
    assert f"{path}: {said}" in ended.stderr


def test_a_run_in_which_a_tier_has_no_leads_is_whole(place: Place) -> None:
    assert place.score("lead_id,visits,title\n1,12,\n", CONFIG).code == 0
    assert run("verify", place.out).code == 0


def test_a_file_the_disk_does_not_give_is_told_of_and_the_others_are_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.out / "summary.json").write_text("{}")

    def refuse_one(path: Path) -> str:
        if path.name == "ranked.csv":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return digest_of(path)

    monkeypatch.setattr(verify, "digest_of", refuse_one)
    ended = run("verify", place.out)
    assert (ended.code, ended.stdout) == (4, "")
    assert [line.partition(";")[0] for line in ended.stderr.splitlines()] == [
        f"{place.out / 'ranked.csv'}: cannot be read",
        f"{place.out / 'summary.json'}: is not as the run wrote it",
    ]


def test_all_that_is_wrong_is_said_at_once(place: Place) -> None:
    (place.out / "ranked.csv").unlink()
    (place.out / "summary.json").write_text("{}")
    (place.out / "notes.txt").touch()
    ended = run("verify", place.out, "--json")
    assert [problem["what"] for problem in json.loads(ended.stdout)["problems"]] == [
        "holds 'notes.txt', which leadscore did not write",
        "is missing",
        "is not as the run wrote it",
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "rows", "said"),
    [
        ("ranked.csv", "\n2;12;", "\n3;12;", 0, "has ranks that are not 1, 2, 3"),
        ("ranked.csv", "\n2;12;", "\n2;13;", 0, "has a higher score below a lower one"),
        ("ranked.csv", ";007;", ";3;", 0, "has leads of one score that are not in the order of their ids"),
        ("ranked.csv", "\n5;1;", "\n6;1;", 0, "has ranks that are not"),
        ("tiers/Warm.csv", ";007;", ";008;", 0, "has not the leads of ranked.csv in its tier"),
        ("tiers/Cold.csv", "5;1;Cold;1;rule 1 +1;1;3;1;\n", "", -1, "has not the leads of ranked.csv in"),
        ("ranked.csv", ";Cold;", ";Warm;", 0, "has not the leads of ranked.csv in its tier"),
        ("ranked.csv", ";Cold;", ";Warm;", 0, "has leads, but its tier has none"),
        ("ranked.csv", "5;1;Cold;1;rule 1 +1;1;3;1;\n", "", 0, "has 4 rows, the manifest says 5"),
        ("ranked.csv", "5;1;Cold;1;rule 1 +1;1;3;1;\n", "", -1, "has not the 5 leads of the counts"),
        ("disqualified.csv", ";Rival", ";Rivale", 1, "has not the 1 leads of the counts"),
    ],
)  # fmt: skip
def test_files_that_contradict_each_other_are_found_though_their_digests_are_right(
    place: Place, name: str, old: str, new: str, rows: int, said: str
) -> None:
    rewrite(place, name, old, new, rows)
    ended = run("verify", place.out)
    assert (ended.code, said in ended.stderr) == (4, True), ended.stderr


@pytest.mark.parametrize(
    "manifest", ["", "{}", '{"outputs": {}}', '{"outputs": {"a": 5}}', '{"outputs": {"a": {}}}']
)
def test_what_is_no_run_is_refused(place: Place, manifest: str) -> None:
    (place.out / "manifest.json").write_text(manifest)
    assert run("verify", place.out).code == 4
    assert run("verify", place.folder / "nowhere").code == 4


def test_a_run_ranked_by_something_else_is_not_held_to_the_scores(place: Place) -> None:
    assert place.score(LEADS, CONFIG, "--set", "rank_by=[{lowest: visits}]").code == 5
    assert run("verify", place.out).code == 0
