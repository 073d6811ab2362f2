"""test_predict: a run with a probability model writes the chance of each lead, and changes nothing else."""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from leadscore.model.load import load_content
from leadscore.model.probability import scoring_digest
from tests.model.test_probability import learned
from tests.running import Place, match, model_of, run

RULE = "kind: count, field: n, each: 1, cap: 99"
HEAD = "disqualify: [{name: rival, when: {mail: rival.example}}]"
CONFIG = model_of(RULE, head=HEAD)
LEADS = "lead_id,n,mail\n1,60,a\n2,70,b\n3,,c\n4,80,rival.example\n5,50,e\n6,-3,f\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def predict(place: Place, config: str = CONFIG, **more: float) -> Path:
    """A file with the model for this config."""
    digest = scoring_digest(load_content("model.yml", config.encode()))
    return place.write("chances.json", learned(**more, config_digest=digest).to_json())


def test_the_chance_stands_behind_the_score_of_every_lead(place: Place) -> None:
    assert place.score(LEADS, CONFIG, "--predict", predict(place)).code == 0
    rows = place.rows()
    assert list(rows[0])[:5] == ["rank", "score", "win_probability", "tier", "fit"]
    found = {row["lead_id"]: row["win_probability"] for row in rows}
    assert found == {"1": "0.5", "2": "0.6225", "3": "0.0474", "5": "0.3775", "6": "0.0474"}
    (rival,) = place.rows("disqualified.csv")
    assert list(rival)[:3] == ["disqualified_by", "score", "win_probability"]
    assert rival["win_probability"] == "0.7311"
    assert {row["win_probability"] for row in place.rows("tiers/Hot.csv")} == {"0.5", "0.6225", "0.3775"}


def test_parquet_has_the_chance_as_a_decimal_and_every_format_the_same(place: Place) -> None:
    options = ("--predict", predict(place), "--format", "csv", "--format", "parquet")
    assert place.score(LEADS, CONFIG, *options).code == 0
    table = pq.read_table(place.out / "ranked.parquet")
    assert str(table.schema.field("win_probability").type) == "decimal128(18, 4)"
    written = [Decimal(row["win_probability"]) for row in place.rows()]
    assert table.column("win_probability").to_pylist() == written
    assert written[0] == Decimal("0.6225")


def test_all_else_is_as_it_would_be_without(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    alone = place.files()
    assert place.score(LEADS, CONFIG, "--predict", predict(place)).code == 0
    for name, content in place.files().items():
        if name.endswith(".csv") and name != "set_aside.csv" and name != "unreadable.csv":
            lines = [line.split(",") for line in content.decode().splitlines()]
            at = lines[0].index("win_probability")
            assert (
                "".join(f"{','.join(line[:at] + line[at + 1 :])}\n" for line in lines) == alone[name].decode()
            )
        elif name != "manifest.json":
            assert content == alone[name]


def test_the_manifest_names_the_model_with_its_digest(place: Place) -> None:
    path = predict(place)
    assert place.score(LEADS, CONFIG, "--predict", path).code == 0
    assert place.manifest()["predict"] == {
        "file": "chances.json",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert place.score(LEADS, CONFIG).code == 0
    assert "predict" not in place.manifest()
    assert run("verify", place.out).code == 0


def test_a_rerun_gives_the_same_bytes(place: Place) -> None:
    path = predict(place)
    place.score(LEADS, CONFIG, "--predict", path)
    once = place.files()
    place.score(LEADS, CONFIG, "--predict", path)
    assert place.files() == once


def test_leads_in_another_order_and_company_keep_their_chances(place: Place) -> None:
    path = predict(place)
    place.score(LEADS, CONFIG, "--predict", path)
    chances = {row["lead_id"]: row["win_probability"] for row in place.rows()}
    header, *lines = LEADS.splitlines()
    place.score("\n".join([header, *reversed(lines[1:]), "99,1000,g"]) + "\n", CONFIG, "--predict", path)
    later = {row["lead_id"]: row["win_probability"] for row in place.rows()}
    assert chances.items() - later.items() == {("1", "0.5")}


def test_a_model_of_another_config_is_refused_and_nothing_written(place: Place) -> None:
    path = predict(place)
    ended = place.score(LEADS, CONFIG.replace("each: 1", "each: 2"), "--predict", path)
    assert ended.code == 3
    said = "config_digest: was learned on the scores of another config; run leadscore calibrate --method"
    assert f"chances.json: {said}" in ended.stderr
    assert not place.out.exists()
    assert place.score(LEADS, CONFIG, "--predict", path, "--set", "groups.fit.cap=5").code == 3


def test_tiers_reasons_and_formats_may_change_without_learning_again(place: Place) -> None:
    path = predict(place)
    config = model_of(
        RULE, head=f"{HEAD}\noutput: {{reasons: 1}}", tiers="[{name: A, min_score: 65}, {name: B}]"
    )
    assert place.score(LEADS, config, "--predict", path, "--format", "parquet").code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "is not there; check the path after --predict"), ("{", "chances.json:1:2: is not valid JSON")],
)
def test_a_model_that_cannot_be_read_is_refused(place: Place, content: str | None, said: str) -> None:
    path = place.folder / "chances.json"
    if content is not None:
        path.write_text(content)
    ended = place.score(LEADS, CONFIG, "--predict", path)
    assert (ended.code, said in ended.stderr) == (3, True)


def test_an_export_with_such_a_column_is_refused_unless_the_new_ones_have_a_prefix(place: Place) -> None:
    leads = "lead_id,n,mail,win_probability\n1,60,a,0.9\n"
    ended = place.score(leads, CONFIG, "--predict", predict(place))
    assert ended.code == 4
    assert "leads.csv:1: win_probability: the output has a column of this name" in ended.stderr
    assert place.score(leads, CONFIG).code == 0
    config = model_of(RULE, head=f"{HEAD}\noutput: {{prefix: ls_}}")
    assert place.score(leads, config, "--predict", predict(place)).code == 0
    assert (place.rows()[0]["ls_win_probability"], place.rows()[0]["win_probability"]) == ("0.5", "0.9")


def test_no_group_may_have_the_name_of_the_column(place: Place) -> None:
    ended = place.score(LEADS, CONFIG.replace("  fit:", "  win_probability:"))
    assert (ended.code, "is the name of an output column" in ended.stderr) == (3, True)


def test_the_nurture_list_has_the_chance_too(place: Place) -> None:
    config = model_of(RULE, head="nurture: {tier: Hot, margin: 5}")
    assert place.score("lead_id,n\n1,7\n", config, "--predict", predict(place, config)).code == 0
    (row,) = place.rows("nurture.csv")
    assert list(row)[:4] == ["rank", "score", "win_probability", "tier"]
    assert row["win_probability"] == "0.066"


def test_leads_of_segments_have_their_chance_by_their_own_score(place: Place) -> None:
    override = "override: {score: {cap: 60}}"
    head = f"segments: [{{name: few, when: {{n: {{at_most: 70}}}}, {override}}}, {{name: many}}]"
    config = model_of(RULE, head=head)
    assert place.score("lead_id,n\n1,70\n2,80\n", config, "--predict", predict(place, config)).code == 0
    assert {row["lead_id"]: row["win_probability"] for row in place.rows()} == {"1": "0.5", "2": "0.7311"}


def test_an_export_without_leads_has_the_column_all_the_same(place: Place) -> None:
    config = model_of(RULE, head="checks: {min_rows: 0}")
    options = ("--predict", predict(place, config), "--format", "csv", "--format", "parquet")
    assert place.score("lead_id,n\n", config, *options).code == 0
    header = (place.out / "ranked.csv").read_text()
    assert header.startswith("rank,score,win_probability,tier,")
    kind = pq.read_schema(place.out / "ranked.parquet").field("win_probability").type
    assert str(kind) == "decimal128(18, 4)"


def test_chances_are_written_to_the_last_digit(place: Place) -> None:
    config = model_of(match("n: {known: true}", 10), "kind: count, field: n, each: 0.01, cap: 99")
    leads = "lead_id,n\n" + "".join(f"{n},{n}\n" for n in range(0, 9_000, 7))
    path = predict(place, config, intercept=-5, slope=0.12)
    assert place.score(leads, config, "--predict", path).code == 0
    for row in place.rows():
        exact = 1 / (1 + math.exp(5 - 0.12 * float(row["score"])))
        assert abs(float(row["win_probability"]) - exact) <= 0.5e-4 + 1e-12
        assert len(row["win_probability"]) <= len("0.1234")


def test_the_crm_gets_the_chance_and_only_where_it_changed(place: Place) -> None:
    names = 'write_back: {id: Id, score: Score, tier: "", reasons: "", win_probability: Chance}'
    config = model_of(RULE, head=f"{HEAD}\n{names}")
    path = predict(place, config)
    assert place.score(LEADS, config, "--predict", path, "--write-back").code == 0
    rows = place.rows("crm_import.csv")
    assert list(rows[0]) == ["Id", "Score", "Chance"]
    assert [(row["Id"], row["Chance"]) for row in rows][:4] == [
        ("1", "0.5"), ("2", "0.6225"), ("3", "0.0474"), ("4", "0.7311"),
    ]  # fmt: skip
    before = place.out.rename(place.folder / "before")
    for options in (("--format", "parquet"), ()):
        place.score(LEADS, config, "--predict", path, "--write-back", "--previous", before, *options)
        assert place.summary()["write_back"]["leads"] == 0
        before = place.out.rename(place.folder / f"after {len(options)}")
    other = predict(place, config, intercept=-2)
    place.score(LEADS, config, "--predict", other, "--write-back", "--previous", before)
    assert place.summary()["write_back"] | {"leads": 6, "unchanged": 0} == place.summary()["write_back"]


def test_the_crm_cannot_be_told_a_chance_that_nobody_works_out(place: Place) -> None:
    config = model_of(RULE, head=f"{HEAD}\nwrite_back: {{id: Id, win_probability: Chance}}")
    ended = place.score(LEADS, config, "--write-back")
    assert ended.code == 3
    said = "model.yml: write_back.win_probability: leads have no chance to be won without --predict"
    assert said in ended.stderr
