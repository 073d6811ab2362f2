"""test_write_back: what goes back into the CRM, and only what is not there yet, by the real command."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.load import load_content
from leadscore.model.preset import load_preset, preset_names
from tests.conftest import ROOT
from tests.running import Ended, Place, csv_of, match, model_of, rows_of

RULES = ("kind: count, field: visits, each: 2.5", match("title: Chief", 10))
SCREEN = """
screen: {spam: [{name: made up, when: {title: x}}]}
disqualify: [{name: rival, when: {title: Rival}}]
"""
CONFIG = model_of(*RULES, head=SCREEN)
LEADS = csv_of(
    "Record ID,title,visits,Lifecycle Stage,Create Date,Email",
    [
        "10,Chief,1,lead,,a@x",
        "9,Clerk,3,lead,,b@x",
        "90,Rival,9,lead,,c@x",
        "0091,x,9,lead,,d@x",
        "2,,,lead,,e@x",
    ],
)
HUBSPOT = (
    "Record ID,lead_score,lead_score_tier,lead_score_reasons\r\n"
    "0091,22.5,Screened,rule 1 +22.5\r\n"
    "10,12.5,Hot,rule 2 +10; rule 1 +2.5\r\n"
    "2,0,Cold,\r\n"
    "9,7.5,Cold,rule 1 +7.5\r\n"
    "90,22.5,Disqualified,rule 1 +22.5\r\n"
)
SAMPLES = ROOT / "sample_data" / "crm"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def bring(place: Place, *options: object, leads: str | bytes = LEADS, config: str = CONFIG) -> Ended:
    return place.score(leads, config, "--write-back", *options)


def written(place: Place) -> str:
    return (place.out / "crm_import.csv").read_bytes().decode()


def ids(place: Place) -> list[str]:
    return [next(iter(row.values())) for row in place.rows("crm_import.csv")]


def keep(place: Place) -> Path:
    """The run that stands in the output, moved to where the next one does not replace it."""
    return place.out.rename(place.folder / "before")


def test_every_lead_goes_back_under_the_names_of_its_crm(place: Place) -> None:
    ended = bring(place)
    assert (ended.code, written(place)) == (0, HUBSPOT)
    assert "crm_import.csv: 5 leads\n" in ended.stderr
    assert stat.S_IMODE((place.out / "crm_import.csv").stat().st_mode) == 0o600


def test_without_the_option_a_run_has_no_such_file(place: Place) -> None:
    place.score(LEADS, CONFIG)
    assert not (place.out / "crm_import.csv").exists()
    assert "write_back" not in place.manifest()
    files = place.files()
    bring(place)
    named = {"summary.json", "manifest.json", "crm_import.csv"}
    assert {name: content for name, content in place.files().items() if name not in named} == {
        name: content for name, content in files.items() if name not in named
    }


def test_a_rerun_gives_the_same_bytes(place: Place) -> None:
    bring(place)
    files = place.files()
    bring(place)
    assert place.files() == files


def test_the_config_names_columns_over_the_preset_and_leaves_some_out(place: Place) -> None:
    names = "write_back: {score: points, reasons: '', disqualified: none, screened: 'spam, surely'}"
    bring(place, config=CONFIG + names)
    assert written(place) == (
        "Record ID,points,lead_score_tier\r\n"
        '0091,22.5,"spam, surely"\r\n10,12.5,Hot\r\n2,0,Cold\r\n9,7.5,Cold\r\n90,22.5,none\r\n'
    )


def test_a_config_is_enough_where_no_crm_is_recognised(place: Place) -> None:
    leads = csv_of("lead_id,visits", ["1,3", "2,4"])
    config = model_of(RULES[0], head="write_back: {score: my score}")
    assert bring(place, leads=leads, config=config).code == 0
    assert written(place).splitlines()[0] == "lead_id,my score,Lead Score Tier,Lead Score Reasons"
    assert bring(place, leads=leads, config=config + "preset: generic\n").code == 0
    assert written(place).splitlines()[0] == "lead_id,my score,Lead Score Tier,Lead Score Reasons"


def test_without_any_names_it_is_refused_and_the_last_result_stands(place: Place) -> None:
    leads, config = csv_of("lead_id,visits", ["1,9"]), model_of(RULES[0])
    place.score(leads, config)
    files = place.files()
    ended = bring(place, leads=leads, config=config)
    assert ended.code == 3
    assert "model.yml: write_back: names no columns for the CRM's import" in ended.stderr
    assert place.files() == files


GRADE = "grade: {rows: {group: fit, cuts: {A: 5, B: 0}}, columns: {group: fit, cuts: {1: 5, 2: 0}}}"
SEGMENTS = """
segments:
  - {name: chiefs, when: {title: Chief}, override: {score: {cap: 20}}}
  - {name: others, override: {score: {cap: 50}}}
"""


def test_segment_grade_and_percent_may_go_back_as_well(place: Place) -> None:
    names = "write_back: {id: Id, score: S, tier: '', reasons: '', segment: Seg, grade: G, percent: P}\n"
    assert bring(place, config=model_of(*RULES, head=GRADE + SEGMENTS + names)).code == 0
    assert written(place).splitlines()[:3] == [
        "Id,S,Seg,G,P",
        "0091,22.5,others,A1,45",
        "10,12.5,chiefs,A1,62.5",
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("{grade: G}", "write_back.grade: leads have no grade without grade; remove it, or add grade"),
        ("{percent: P}", "write_back.percent: leads have no percent without segments; remove it, or add seg"),
        ("{scores: S}", "write_back.scores: is not a known key; did you mean score?"),
        ("{id: ''}", "write_back.id: is empty"),
        ("{disqualified: ''}", "write_back.disqualified: must be a name"),
    ],
)
def test_names_that_cannot_be_meant_are_refused(names: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_content("model.yml", (CONFIG + f"write_back: {names}\n").encode())
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            "{score: Tier, tier: ' tier'}",
            "model.yml: write_back: score and tier have the same name; give each",
        ),
        ("{score: '', tier: '', reasons: ''}", "model.yml: write_back: leaves every column out but the id"),
    ],
)
def test_names_that_make_no_file_are_refused(place: Place, names: str, said: str) -> None:
    ended = bring(place, config=CONFIG + f"write_back: {names}\n")
    assert (ended.code, said in ended.stderr) == (3, True), ended.stderr


def test_a_grade_that_no_segment_gives_is_refused(place: Place) -> None:
    ended = bring(place, config=model_of(*RULES, head=SEGMENTS + "write_back: {grade: G}\n"))
    said = "model.yml: write_back.grade: leads have no grade without grade; remove it"
    assert (ended.code, said in ended.stderr) == (3, True), ended.stderr


def test_an_id_goes_back_to_the_letter_and_other_cells_are_disarmed(place: Place) -> None:
    config = model_of(RULES[0], head="write_back: {disqualified: '=1+1'}").replace("rule 1", "'=sum'")
    leads = csv_of("lead_id,visits", ["=7,9", "'+8,9", '"a, ""b""",9', "-9,9", " x ,9"])
    assert bring(place, leads=leads, config=config).code == 0
    assert written(place).splitlines()[1:] == [
        " x ,22.5,Hot,'=sum +22.5",
        "+8,22.5,Hot,'=sum +22.5",
        "-9,22.5,Hot,'=sum +22.5",
        "=7,22.5,Hot,'=sum +22.5",
        '"a, ""b""",22.5,Hot,\'=sum +22.5',
    ]
    bring(place, "--set", "output.formula_guard=false", leads=leads, config=config)
    assert written(place).splitlines()[1] == " x ,22.5,Hot,=sum +22.5"


def test_the_id_keeps_its_header_where_leads_are_identified_by_something_else(place: Place) -> None:
    bring(place, config=CONFIG.replace("id: lead_id", "id: Email"))
    assert written(place).splitlines()[:2] == ["Email,lead_score,lead_score_tier,lead_score_reasons",
                                               "a@x,12.5,Hot,rule 2 +10; rule 1 +2.5"]  # fmt: skip


def test_order_is_that_of_code_points_and_not_of_the_file(place: Place) -> None:
    leads = csv_of("lead_id,visits", ["é,1", "Z,1", "𝒜,1", "a,1", "ﬀ,1", "10,1", "9,1"])
    bring(place, leads=leads, config=model_of(RULES[0], head="write_back: {score: s}"))
    assert ids(place) == sorted(["é", "Z", "𝒜", "a", "ﬀ", "10", "9"])


# What is written after a previous run


def test_only_leads_that_are_not_as_they_were_go_back(place: Place) -> None:
    bring(place)
    again = LEADS.replace("9,Clerk,3", "9,Clerk,5").replace("2,,,lead,,e@x\n", "3,,1,lead,,f@x\n")
    ended = bring(place, "--previous", keep(place), leads=again)
    assert written(place) == (
        "Record ID,lead_score,lead_score_tier,lead_score_reasons\r\n"
        "3,2.5,Cold,rule 1 +2.5\r\n"
        "9,12.5,Hot,rule 1 +12.5\r\n"
    )
    assert "crm_import.csv: 2 leads, 3 unchanged, 1 no longer in the export\n" in ended.stderr
    told = place.summary()["write_back"]
    assert (told["leads"], told["unchanged"], told["vanished"]) == (2, 3, 1)
    assert place.manifest()["write_back"] == told


def test_a_lead_that_leaves_or_enters_the_ranking_goes_back(place: Place) -> None:
    bring(place)
    before = keep(place)
    bring(place, "--previous", before, leads=LEADS.replace("90,Rival", "90,Clerk"))
    assert written(place).splitlines()[1:] == ["90,22.5,Hot,rule 1 +22.5"]
    bring(place, "--previous", before, leads=LEADS.replace("9,Clerk", "9,Rival"))
    assert written(place).splitlines()[1:] == ["9,7.5,Disqualified,rule 1 +7.5"]


@pytest.mark.parametrize("options", [(), ("--format", "parquet"), ("--set", "output.prefix=ls_")])
def test_nothing_goes_back_where_nothing_changed_however_the_run_was_written(
    place: Place, options: tuple[str, ...]
) -> None:
    place.score(LEADS, CONFIG, *options)  # without the import: its own files are what counts
    ended = bring(place, "--previous", keep(place))
    assert written(place) == "Record ID,lead_score,lead_score_tier,lead_score_reasons\r\n"
    assert "crm_import.csv: 0 leads, 5 unchanged\n" in ended.stderr


def test_the_run_that_is_replaced_may_be_the_previous_one(place: Place) -> None:
    bring(place)
    bring(place, "--previous", place.out, leads=LEADS.replace("10,Chief", "10,Clerk"))
    assert ids(place) == ["10"]


def test_a_link_to_the_latest_run_is_as_good_as_its_folder(place: Place) -> None:
    bring(place)
    (place.folder / "latest").symlink_to(keep(place))
    bring(place, "--previous", place.folder / "latest")
    assert ids(place) == []


@pytest.mark.parametrize(
    ("names", "changed"),
    [
        ("{disqualified: Out}", ["90"]),  # another word
        ("{score: points}", ["0091", "10", "2", "9", "90"]),  # a property that is empty so far
        ("{tier: stage}", ["0091", "10", "2", "9", "90"]),
        ("{reasons: ''}", []),
    ],
)
def test_what_is_called_otherwise_than_before_goes_back(place: Place, names: str, changed: list[str]) -> None:
    bring(place)
    bring(place, "--previous", keep(place), config=CONFIG + f"write_back: {names}\n")
    assert ids(place) == changed


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_ids_and_reasons_are_compared_as_they_are_whatever_the_files_look_like(
    place: Place, delimiter: str
) -> None:
    rows = ["'=7,9", '"a ""b""",9', " x ,9", '"1\n2",9', "007,9"]
    leads = csv_of("lead_id,visits", rows).replace(",", delimiter)
    config = model_of(RULES[0], head="write_back: {score: s}").replace("rule 1", "'=sum, or; so'")
    bring(place, leads=leads, config=config)
    assert ids(place) == [" x ", "007", "1\n2", "=7", 'a "b"']
    bring(place, "--previous", keep(place), leads=leads, config=config)
    assert ids(place) == []


def test_a_previous_run_that_cannot_be_compared_with_is_refused(place: Place) -> None:
    bring(place)
    before = keep(place)
    other = CONFIG.replace("id: lead_id", "id: Email")
    for config, said in (
        (other, "before: identifies its leads by 'Record ID', and this run by 'Email'"),
        (CONFIG, "before/ranked.csv: is not as the run wrote it; name another run"),
    ):
        ended = bring(place, "--previous", before, config=config)
        assert (ended.code, said in ended.stderr) == (4, True), ended.stderr
        ranked = before / "ranked.csv"
        ranked.write_bytes(ranked.read_bytes().replace(b"Clerk", b"Chief"))
    (before / "ranked.csv").unlink()
    assert "before/ranked.csv: cannot be read" in bring(place, "--previous", before).stderr
    assert not place.out.exists()


@pytest.mark.parametrize(
    "content", ["{}", '{"outputs": {}}', '{"outputs": {"ranked.csv": 1}, "inputs": []}', "x"]
)
def test_a_folder_that_is_no_sound_run_is_refused(place: Place, content: str) -> None:
    place.write("manifest.json", content)
    ended = bring(place, "--previous", place.folder)
    assert (ended.code, place.out.exists()) == (4, False), ended.stderr


LEAD = st.tuples(st.sampled_from(["Chief", "Rival", "x", ""]), st.integers(0, 3))
RUNS = st.dictionaries(st.sampled_from([str(n) for n in range(8)]), LEAD, min_size=1)


@settings(max_examples=10)
@given(RUNS, RUNS)
def test_a_crm_that_imports_every_night_has_what_the_last_run_says(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[str, tuple[str, int]],
    second: dict[str, tuple[str, int]],
) -> None:
    place, crm = Place(tmp_path_factory.mktemp("nights")), dict[str, dict[str, str]]()
    config = CONFIG + "write_back: {score: s}\n"
    for night, options in ((first, ()), (second, ("--previous", place.out))):
        leads = csv_of("lead_id,title,visits", [f"{id_},{title},{n}" for id_, (title, n) in night.items()])
        bring(place, *options, leads=leads, config=config)
        changed = {row["lead_id"]: row for row in place.rows("crm_import.csv")}
        assert all(crm.get(id_) != row for id_, row in changed.items())
        crm |= changed
    bring(place, leads=leads, config=config)
    whole = {row["lead_id"]: row for row in rows_of(written(place).encode())}
    assert {id_: crm[id_] for id_ in second} == whole


WRITING = [name for name in preset_names() if load_preset(name).write_back]
HEADERS = {
    "account_engagement": "Email,Lead Score,Lead Score Tier,Lead Score Reasons",
    "activecampaign": "Email,Lead Scoring Points,Lead Scoring Tier,Lead Scoring Reasons",
    "hubspot": "Record ID,lead_score,lead_score_tier,lead_score_reasons",
    "hubspot_deals": "Record ID,lead_score,lead_score_tier,lead_score_reasons",
    "marketo": "Email Address,Lead Scoring Points,Lead Scoring Tier,Lead Scoring Reasons",
    "odoo": "id,x_lead_score,x_lead_score_tier,x_lead_score_reasons",
    "pipedrive_deals": "Deal - ID,Deal - Lead score,Deal - Lead score tier,Deal - Lead score reasons",
    "pipedrive_persons": "Person - ID,Person - Lead score,Person - Lead score tier,"
    "Person - Lead score reasons",
    "salesforce_objects": "Id,Lead_Score__c,Lead_Score_Tier__c,Lead_Score_Reasons__c",
    "salesforce_report": "Id,Lead_Score__c,Lead_Score_Tier__c,Lead_Score_Reasons__c",
    "zoho": "Record Id,Lead Score,Lead Score Tier,Lead Score Reasons",
}


@pytest.mark.parametrize("name", HEADERS)
def test_each_crm_gets_the_columns_its_import_wants(place: Place, name: str) -> None:
    id_ = "deal_id" if name.endswith("deals") else "lead_id"
    config = model_of(match("email: {known: true}", 10), head="fields: {email: {optional: true}}")
    ended = place.score(SAMPLES / f"{name}.csv", config.replace("id: lead_id", f"id: {id_}"), "--write-back")
    assert ended.code in {0, 5}, ended.stderr
    assert written(place).splitlines()[0] == HEADERS[name]
    assert len(ids(place)) == place.summary()["leads"]["ranked"] > 0


def test_no_crm_is_left_out() -> None:
    assert set(WRITING) - HEADERS.keys() == {"generic", "mailchimp"}  # any file's, and one of several files


def test_the_audience_of_several_files_goes_back_as_one(place: Place) -> None:
    first, *others = sorted((SAMPLES / "mailchimp").glob("*.csv"))
    config = model_of(match("lead_status: subscribed", 10))
    ended = place.score(first, config, *others, "--write-back")
    assert ended.code == 0, ended.stderr
    assert written(place).splitlines()[0] == "Email Address,LEADSCORE,LEADTIER,LEADWHY"
    again = place.score(first, config, *others, "--write-back", "--previous", keep(place))
    assert (again.code, ids(place)) == (0, [])
