"""test_previous: what the leads of an earlier run had, from its own files, if these are as it wrote them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from leadscore.errors import InputError
from leadscore.pipeline.previous import COMPARED, Previous, read_previous
from tests.running import Place, match, model_of

CONFIG = model_of(
    "kind: count, field: visits, each: 0.25",
    match("title: Chief", 10),
    head="disqualify: [{name: rival, when: {title: Rival}}]",
)
LEADS = "lead_id,visits,title\n1,2,Chief\n007,8,\n=3,2,Rival\n4,0,\n"
HAD = {
    "id": ["1", "007", "4", "=3"],
    "part": ["ranked", "ranked", "ranked", "disqualified"],
    "score": ["10.5", "2", "0", "0.5"],
    "tier": ["Hot", "Cold", "Cold", ""],
    "reasons": ["rule 2 +10; rule 1 +0.5", "rule 1 +2", "", "rule 1 +0.5"],
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def had(place: Place, columns: tuple[str, ...] = COMPARED) -> Previous:
    return read_previous(place.out, ["lead_id"], columns)


def listed(leads: pd.DataFrame) -> dict[str, list[str]]:
    rows = sorted(leads.to_dict("records"), key=lambda row: HAD["id"].index(row["id"]))
    return {str(name): [row[name] for row in rows] for name in leads}


def change_manifest(place: Place, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = place.manifest()
    change(manifest)
    (place.out / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "options",
    [(), ("--format", "parquet"), ("--set", "output.prefix=ls_"), ("--set", "output.formula_guard=false")],
)
def test_each_lead_has_what_the_run_gave_it_however_it_was_written(
    place: Place, options: tuple[str, ...]
) -> None:
    assert place.score(LEADS, CONFIG, *options).code == 0
    before = had(place)
    assert listed(before.leads) == HAD
    suffix = "parquet" if "parquet" in options else "csv"
    outputs = place.manifest()["outputs"]
    names = [f"disqualified.{suffix}", f"ranked.{suffix}"]
    assert dict(sorted(before.digests.items())) == {name: outputs[name]["sha256"] for name in names}
    assert (before.names, before.tiers) == ({}, {})


def test_only_what_is_asked_for_is_read(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    assert listed(had(place, ("score", "grade")).leads) == {
        name: HAD[name] for name in ("id", "part", "score")
    }


def test_what_its_import_called_the_columns_and_tiers_is_known(place: Place) -> None:
    config = CONFIG + "write_back: {score: points, disqualified: Out}\n"
    assert place.score(LEADS, config, "--write-back").code == 0
    before = had(place)
    assert before.names["score"] == "points"
    assert before.tiers == {"screened": "Screened", "disqualified": "Out"}


def test_leads_are_found_by_id_and_compared_in_every_column(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    before = had(place)
    now = pd.DataFrame({"id": ["4", "5", "=3", "007"], "score": ["0", "0", "0.5", "2.5"]}, dtype="str")
    assert before.find(now["id"]).is_valid().to_pylist() == [True, False, True, True]
    assert before.are_unchanged(now).tolist() == [True, False, True, False]
    assert before.are_unchanged(now.assign(grade="A1")).tolist() == [False] * 4
    assert before.are_unchanged(now.iloc[:0]).tolist() == []
    assert before.count_gone(now) == 1  # lead 1


def refusal(place: Place, ids: tuple[str, ...] = ("lead_id",)) -> str:
    with pytest.raises(InputError) as raised:
        read_previous(place.out, ids, COMPARED)
    return str(raised.value).removeprefix(f"{place.out}")


def test_a_folder_without_a_manifest_is_no_run(place: Place) -> None:
    assert refusal(place) == ": is no run of leadscore; name the folder that a run wrote"


@pytest.mark.parametrize("key", ["inputs", "outputs", "id", "prefix"])
def test_a_manifest_that_lacks_what_is_needed_is_refused(place: Place, key: str) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    change_manifest(place, lambda manifest: manifest.pop(key))
    assert said_of(refusal(place)) in {"is no run of leadscore", "is damaged or of an older leadscore"}


def said_of(refused: str) -> str:
    return refused.partition(": ")[2].partition(";")[0]


@pytest.mark.parametrize("name", ["ranked.csv", "disqualified.csv"])
def test_a_manifest_without_a_file_of_leads_is_refused(place: Place, name: str) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    change_manifest(place, lambda manifest: manifest["outputs"].pop(name))
    said = "/manifest.json: is damaged or of an older leadscore; name another run, or leave it out"
    assert refusal(place) == said


@pytest.mark.parametrize("ids", [("email",), ("lead_id", "email")])
def test_a_run_that_identifies_leads_otherwise_is_refused(place: Place, ids: tuple[str, ...]) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    now = " and ".join(map(repr, ids))
    assert refusal(place, ids) == (
        f": identifies its leads by 'lead_id', and this run by {now}; "
        "leave out --previous once: every lead is then written"
    )


def test_a_file_that_is_not_as_it_was_written_is_refused(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    ranked = place.out / "ranked.csv"
    ranked.write_bytes(ranked.read_bytes().replace(b"10.5", b"11.5"))
    assert refusal(place) == "/ranked.csv: is not as the run wrote it; name another run, or leave it out"


@pytest.mark.parametrize("gone", [True, False])
def test_contributions_are_read_too_if_they_are_as_they_were_written(place: Place, gone: bool) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    assert "contributions.parquet" not in had(place).digests
    assert place.score(LEADS, CONFIG, "--set", "output.contributions=true").code == 0
    assert had(place).digests["contributions.parquet"]
    path = place.out / "contributions.parquet"
    path.unlink() if gone else path.write_bytes(path.read_bytes() + b"x")
    said = "/contributions.parquet: is not as the run wrote it; name another run, or leave it out"
    assert refusal(place) == said


def test_a_file_without_ids_is_refused_though_its_digest_is_right(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    ranked = place.out / "ranked.csv"
    ranked.write_bytes(ranked.read_bytes().replace(b"lead_id", b"lead_no"))
    digest = hashlib.sha256(ranked.read_bytes()).hexdigest()
    change_manifest(place, lambda manifest: manifest["outputs"]["ranked.csv"].update(sha256=digest))
    assert refusal(place) == "/ranked.csv: has no column 'lead_id'; name another run, or leave it out"
