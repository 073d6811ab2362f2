"""test_init: from an export and no config to a ranked list, and what is said on the way."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from leadscore.model.load import load_model
from leadscore.model.shipped import shipped_names
from tests.conftest import ROOT
from tests.running import DAY, SAMPLE, Place, run, run_alone

SAMPLES = [
    *sorted((ROOT / "sample_data" / "crm").glob("*.csv")),
    *sorted((ROOT / "sample_data" / "crm" / "mailchimp").glob("*.csv")),
    *(ROOT / "sample_data" / name for name in ("leads.csv", "account_engagement.csv", "signals.csv")),
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("export", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sample_is_ranked_by_its_first_config_without_an_edit(place: Place, export: Path) -> None:
    config = place.folder / "model.yml"
    assert run("init", export, "-o", config).code == 0
    checked = run("check", config, export, "--as-of", DAY, "--format", "plain", "--fail-on", "any")
    assert (checked.code, checked.stdout) == (0, "")
    scored = place.score(export, config)
    assert scored.code == 0
    assert len(place.rows()) > 0 or export.suffix != ".csv"


def test_the_next_command_it_names_does_what_it_says(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    made = run("init", SAMPLE, "-o", "model.yml")
    assert made.stdout == ""
    lines = made.stderr.split("next:\n")[1].splitlines()
    assert run(*shlex.split(lines[0])[1:]).code == 0
    assert len(place.rows()) > 400


def test_without_a_file_the_config_is_what_stdout_gets(place: Place) -> None:
    made = run("init", SAMPLE)
    config = place.write("model.yml", made.stdout)
    assert load_model(config).outcome
    assert "next:" in made.stderr
    assert "500 leads, 25 columns, id lead_id" in made.stderr


def test_what_is_there_is_never_written_over(place: Place) -> None:
    config = place.folder / "model.yml"
    assert run("init", SAMPLE, "-o", config).code == 0
    before = config.read_bytes()
    again = run("init", SAMPLE, "-o", config)
    assert (again.code, config.read_bytes()) == (0, before)
    assert "was written so before" in again.stderr
    config.write_text("mine")
    refused = run("init", SAMPLE, "-o", config)
    assert refused.code == 6
    assert "is never written over" in refused.stderr
    assert config.read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(place: Place) -> None:
    refused = run("init", SAMPLE, "-o", place.folder / "nowhere" / "model.yml")
    assert refused.code == 6
    assert "cannot be written" in refused.stderr
    assert list(place.folder.iterdir()) == []


def test_a_machine_gets_one_object(place: Place) -> None:
    made = json.loads(run("init", SAMPLE, "--json").stdout)
    assert made["id"] == "lead_id"
    assert made["outcome"] == "converted"
    assert [tier["name"] for tier in made["tiers"]] == ["SQL", "MQL", "Nurture", "Cold"]
    assert 0.5 < made["held_out"]["area"] < 1
    assert load_model(place.write("model.yml", made["config"]))
    assert set(made["left_out"]) == {"Last Activity Date", "owner", "notes"}


def test_parquet_and_several_files_are_read_as_well(place: Place) -> None:
    table = pc.read_csv(SAMPLE, convert_options=pc.ConvertOptions(strings_can_be_null=False))
    text = table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
    halves = [text.slice(0, 250), text.slice(250)]
    files = [place.folder / "a.parquet", place.folder / "b.parquet"]
    for file, half in zip(files, halves, strict=True):
        pq.write_table(half, file)
    config = place.folder / "model.yml"
    assert run("init", *files, "-o", config).code == 0
    assert run("score", *files, "-c", config, "-o", place.out, "--as-of", DAY).code in {0, 5}


def test_the_same_bytes_in_another_process_and_with_another_hash_seed() -> None:
    texts = {run_alone("init", SAMPLE, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([SAMPLE, "--id", "lead_idd"], 2, "did you mean 'lead_id'"),
        ([SAMPLE, "--won", "Yes"], 2, "says nothing without --outcome"),
        ([SAMPLE, "--as-of", "tomorrow"], 2, "write YYYY-MM-DD"),
        ([SAMPLE, "--model", "b2"], 2, "b2b_saas"),
        ([SAMPLE, "--model", "b2cc"], 2, "did you mean b2c?"),
        ([SAMPLE, "--model", "upsell"], 4, "reads nothing that this export has"),
        ([SAMPLE, "--model", "segments"], 2, "leadscore init EXPORT --model b2c -o b2c.yml"),
        ([ROOT / "sample_data" / "events.csv"], 4, "no column identifies a lead"),
        ([], 2, "name the file the CRM exported"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(arguments: list[object], code: int, said: str) -> None:
    refused = run("init", *arguments)
    assert (refused.code, refused.stdout) == (code, "")
    assert said in refused.stderr


def test_the_models_that_ship_are_listed_with_what_they_are_for() -> None:
    listed = run("init", "--model", "list")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == shipped_names()
    assert "b2c                        a shop or course for private buyers" in listed.stdout


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("export", ["leads.csv", "crm/salesforce_report.csv"])
def test_a_model_for_any_export_can_be_scored_or_says_why_not(place: Place, name: str, export: str) -> None:
    path, config = ROOT / "sample_data" / export, place.folder / "model.yml"
    if name == "segments":
        assert run("init", path, "--model", "b2c", "-o", place.folder / "b2c.yml").code in {0, 4}
    made = run("init", path, "--model", name, "-o", config)
    if made.code:
        assert made.code in {2, 4}
        assert made.stderr.count("\n") <= 2
        return
    log = ["--events", ROOT / "sample_data" / "events.csv"] if "--events" in made.stderr else []
    scored = run("score", path, "-c", config, "-o", place.out, "--as-of", DAY, *log)
    assert (scored.code, "") == (0, scored.stderr if scored.code else "")
    checked = run("check", config, path, "--as-of", DAY, "--format", "plain", *log)
    assert checked.code == 0
    assert "field-not-used" not in checked.stdout


def test_a_model_keeps_its_comments_and_names_the_columns_of_the_export(place: Place) -> None:
    text = run("init", ROOT / "sample_data" / "crm" / "salesforce_report.csv", "--model", "b2b").stdout
    assert 'employees:     {from: No. of Employees, type: number, thousands: ","}' in text
    assert "# the first line that matches counts; whole words, so International is no intern" in text
    assert "  demo_requests: {type: number, optional: true}  # no column here" in text
    assert "This export has no column for budget" in text
    assert "Try it" not in text


def test_rules_that_read_nothing_here_become_comments(place: Place) -> None:
    leads = "Lead ID,Job Title,Employees\n" + "".join(f"{n},Director,{n}\n" for n in range(30))
    text = run("init", place.write("leads.csv", leads), "--model", "scales").stdout
    assert "      # - {name: source, kind: lookup" in text
    assert "  # source: " in text
    assert "Rules that read nothing else stand below as comments." in text.replace("\n#   ", " ")
    assert load_model(place.write("model.yml", text))


def test_check_takes_a_config_whose_outcome_the_export_lacks(place: Place) -> None:
    config = """
name: x
id: lead_id
fields: {converted: {type: boolean, optional: true}}
groups: {all: {rules: [{name: visits, kind: count, field: visits, each: 1, cap: 9}]}}
tiers: [{name: All}]
outcome: {field: converted, won: true}
"""
    leads = place.write("leads.csv", "lead_id,visits\n1,2\n2,3\n")
    assert run("check", place.write("model.yml", config), leads).code == 0
