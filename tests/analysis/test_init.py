"""test_init: the first config of an export without history, from what its columns mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadscore.analysis.init.build import Asked, Made, make_config
from leadscore.analysis.init.header_words import find_meanings, late_word
from leadscore.analysis.init.names import short_words
from leadscore.analysis.init.tiers import find_cuts
from leadscore.analysis.init.values_seen import nice
from leadscore.analysis.init.yaml_lines import key_text, value_text, wrapped
from leadscore.errors import InputError, UsageError
from leadscore.model.load import load_content
from tests.conftest import ROOT

CRM = ROOT / "sample_data" / "crm"


def make(folder: Path, text: str, **asked: object) -> Made:
    """The first config for a file with this text."""
    (folder / "leads.csv").write_text(text, encoding="utf-8")
    return make_config([folder / "leads.csv"], Asked(**asked))  # type: ignore[arg-type]


def table(header: str, *rows: str, times: int = 10) -> str:
    """A CSV file whose rows repeat, each with an id of its own."""
    lines = [f"{number},{row}" for number, row in enumerate(rows * times)]
    return "\n".join([f"Lead ID,{header}", *lines]) + "\n"


def rules(made: Made) -> list[str]:
    return [rule.name for rule in made.draft.live()]


@pytest.mark.parametrize("export", sorted(CRM.glob("*.csv")), ids=lambda path: path.stem)
def test_every_crm_has_rules_tiers_and_nothing_to_doubt(export: Path) -> None:
    made = make_config([export], Asked())
    assert made.draft.live()
    assert made.tried.findings == ()
    assert sum(each.min_score is not None for each in made.draft.tiers) in {1, 2, 3}
    load_content("model.yml", made.text.encode())


def test_headers_in_any_language_have_their_meaning() -> None:
    found = find_meanings(["سمت", "TotalVisits", "Počet zaměstnanců", "No. of Employees", "Shirt"])
    assert list(found.values()) == ["job_title", "visits", "employees", "", ""]


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Last Notable Activity", "last"),
        ("LeadScore", "score"),
        ("Blast radius", ""),
        ("lead_stage", "stage"),
    ],
)
def test_a_header_is_suspicious_by_a_whole_word(header: str, word: str) -> None:
    assert late_word(header) == word


def test_a_long_header_gives_a_short_name() -> None:
    assert short_words("What is your current occupation") == ["current", "occupation"]
    assert short_words("Total Time Spent on Website") == ["time", "spent", "on", "website"]


def test_the_cap_of_a_count_is_what_nine_in_ten_do_not_exceed(tmp_path: Path) -> None:
    made = make(tmp_path, table("Visits", *[str(visits) for visits in (0, 1, 1, 2, 2, 3, 4, 5, 5, 5, 100)]))
    assert "{name: visits, kind: count, field: visits, each: 2, cap: 10}" in made.text
    assert "# Of those with any, nine in ten have 5 or fewer." in made.text


def test_which_value_is_better_is_left_to_the_user_with_the_values_and_counts(tmp_path: Path) -> None:
    made = make(tmp_path, table("Visits,Lead Source", "1,Fair", "2,Web", "5,Web"))
    assert "      # - name: source\n" in made.text
    assert "      #     Web: 0                  # 20 leads\n" in made.text
    assert "source" not in rules(made)
    opened = made.text.replace("      # - name: source", "      - name: source")
    for line in (
        "  kind: lookup",
        "  field: source",
        "  values:",
        "    Web: 0 ",
        "    Fair: 0 ",
        "  otherwise: 0",
    ):
        opened = opened.replace(f"      # {line}", f"      {line}")
    opened = opened.replace("  # source: {from", "  source: {from").replace("Web: 0 ", "Web: 5 ")
    opened = opened.replace("  # fit:\n  #   rules:", "  fit:\n    rules:")
    model = load_content("model.yml", opened.encode())
    assert "source" in [rule.name for rule in model.groups["fit"].rules]


def test_values_of_few_leads_are_nobodys_business(tmp_path: Path) -> None:
    rows = ["1,Fair"] * 20 + ["2,Web"] * 20 + ["3,Dana Doe told me"]
    made = make(tmp_path, table("Visits,Lead Source", *rows, times=1))
    assert "Dana" not in made.text
    assert "There are 3; those of few leads are not listed." in " ".join(made.text.split()).replace(
        " # ", " "
    )


def test_names_addresses_and_numbers_of_people_are_never_written(tmp_path: Path) -> None:
    rows = [f"Dana{n % 3},Doe{n % 3},dana{n % 3}@work.example,+1 555 {n % 3},{n % 4}" for n in range(60)]
    made = make(tmp_path, table("First Name,Last Name,Email,Phone,Visits", *rows, times=1))
    assert not any(word in made.text for word in ("Dana", "Doe", "dana", "work.example", "555"))


def test_a_date_that_can_be_read_in_two_ways_waits_for_the_user(tmp_path: Path) -> None:
    made = make(tmp_path, table("Visits,Last Activity Date", "1,03/04/2026", "4,05/06/2026", "2,01/02/2026"))
    assert rules(made) == ["visits"]
    assert '"%d/%m/%Y" (day first) or "%m/%d/%Y" (month first)' in made.text.replace("\n      #  ", "")
    assert "# - {name: how lately, kind: bands, age_of: last_seen" in made.text


def test_ages_count_to_the_newest_date_but_not_to_one_far_ahead(tmp_path: Path) -> None:
    days = ["2026-05-01", "2026-06-01", "2026-06-20"] * 40 + ["2099-01-01"]
    made = make(
        tmp_path,
        table("Visits,Last Activity Date", *[f"{n % 5},{day}" for n, day in enumerate(days)], times=1),
    )
    assert str(made.as_of) == "2026-06-20"
    assert "ages count to 2026-06-20" in made.text


def test_a_rule_that_does_nothing_here_is_named_and_left_out(tmp_path: Path) -> None:
    made = make(tmp_path, table("Visits,Phone", "1,+1 555 1", "2,+1 555 2", "9,+1 555 3"))
    assert rules(made) == ["visits"]
    assert "can be called (every lead of this export gets the same points by it)" in made.text


def test_cells_that_cannot_be_read_are_allowed_as_many_as_there_are(tmp_path: Path) -> None:
    made = make(tmp_path, table("Visits", *["1", "2", "3", "4", "5"] * 4, "about ten", times=1))
    assert "checks: {max_unreadable_cells: 1}" in made.text
    assert "1 cell that is not of their field's type" in made.text


def test_ids_that_stand_twice_are_said_and_the_last_line_counts(tmp_path: Path) -> None:
    text = table("Visits", *map(str, range(30)), times=1) + "29,7\n"
    made = make(tmp_path, text)
    assert "checks: {on_duplicate: last}" in made.text
    assert "1 copy of a lead" in made.text


def test_an_export_with_a_score_of_its_own_gets_a_prefix(tmp_path: Path) -> None:
    made = make(tmp_path, table("Visits,score,tier", "1,5,A", "2,6,B", "9,7,A"))
    assert "prefix: ls_" in made.text


def test_the_id_is_one_that_is_different_in_every_row(tmp_path: Path) -> None:
    text = "Code,Visits,Email\n" + "".join(f"x,{n % 7},a{n}@b.example\n" for n in range(30))
    assert make(tmp_path, text).survey.id.header == "Email"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("Lead ID,Visits\n", "holds no lead"),
        ("Visits,Pages\n1,2\n1,2\n", "no column identifies a lead"),
        ("Lead ID,Shirt\n1,S\n2,M\n", "no rule can be made of any column"),
        ("Visits,Lead ID\n0,\n", "no rule can be made of any column"),
        (" \n1\n", "has no column with a name"),
    ],
)
def test_an_export_nothing_can_be_made_of_is_refused_with_a_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        make(tmp_path, text)
    assert said in str(caught.value)
    assert caught.value.problems[0].hint


def test_one_row_sixty_columns_and_a_name_that_stands_twice_are_no_trouble(tmp_path: Path) -> None:
    headers = ",".join(f"Extra {n}" for n in range(56))
    made = make(tmp_path, f"Lead ID,Job Title,Visits,Visits,{headers}\n1,CEO,3,4,{',' * 55}\n")
    assert made.survey.leads == 1
    assert [tier.name for tier in made.draft.tiers] == ["All"]


def outcome_of(made: Made) -> str:
    return next(line for line in made.text.splitlines() if line.startswith("outcome:"))


@pytest.mark.parametrize(
    ("header", "rows", "field"),
    [
        ("Converted", ["Yes", "No"], "converted: {from: Converted, type: boolean}"),
        ("Is Customer", ["1", "0"], "converted: {from: Is Customer, type: boolean}"),
        (
            "Stage",
            ["Closed Won", "Closed Lost", "Proposal"],
            "stage: {from: Stage, type: boolean, true: [Closed Won], false: [Closed Lost], null: [Proposal]}",
        ),
        ("Lead Status", ["Customer", "Contacted"], "lead_status: {from: Lead Status}"),
    ],
)
def test_the_outcome_is_found_by_header_and_values(
    tmp_path: Path, header: str, rows: list[str], field: str
) -> None:
    made = make(tmp_path, table(f"Visits,{header}", *[f"{n},{row}" for n, row in enumerate(rows)]))
    assert " ".join(made.text.split()).count(field) == 1
    assert outcome_of(made)


def test_the_outcome_is_what_the_user_says(tmp_path: Path) -> None:
    text = table("Visits,Ending", "1,gone", "4,signed up", "2,gone")
    made = make(tmp_path, text, outcome="Ending", won=["Signed up"])
    assert outcome_of(made) == "outcome: {field: ending, won: [signed up]}"
    with pytest.raises(UsageError, match="no lead has this value in Ending"):
        make(tmp_path, text, outcome="Ending", won=["bought"])
    with pytest.raises(UsageError, match="did you mean 'Ending'"):
        make(tmp_path, text, outcome="Endings", won=["gone"])
    with pytest.raises(UsageError, match="none of its values speaks for itself"):
        make(tmp_path, text, outcome="Ending")


def test_cuts_fall_between_leads_with_different_points() -> None:
    import numpy as np

    points = np.repeat([0, 1000, 2050, 4000], [50, 30, 15, 5])
    assert find_cuts(points, [0.1, 0.3, 0.6]) == [40, 20, 10]
    assert find_cuts(np.zeros(9, np.int64), [0.1, 0.3, 0.6]) == [None, None, None]


def test_numbers_and_texts_are_written_as_a_person_writes_them() -> None:
    assert [nice(number) for number in (0.034, 7, 99.9, 1234, 987654)] == [0.034, 7, 99, 1200, 980000]
    assert [key_text(text) for text in ("Web form", "no", "010", "10", "a: b", "")] == [
        "Web form", '"no"', '"010"', "10", '"a: b"', '""',
    ]  # fmt: skip
    assert (
        value_text({"null": ["N/A"], "each": 0.25, "when": {"x": True}})
        == "{null: [N/A], each: 0.25, when: {x: true}}"
    )
    line = "- {has_word: [" + ", ".join(['"a, b"'] * 30) + "], points: 1}"
    assert all(len(each) <= 110 for each in wrapped(line, 4))
    assert " ".join(each.strip() for each in wrapped(line, 4)) == line
