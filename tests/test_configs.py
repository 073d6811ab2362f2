"""test_configs: every config that ships is explained, runs on its sample and gives the numbers of its cases.

A case file, tests/configs/cases/<config>.yml, holds the least and the most points the config can give
(`range`, as `leadscore check` prints it) and its cases. A lead of a case is its cells by the sample's
column names, the others empty, and under `gives` what any column of the result must hold. `events` are the
rows of the activity log, `accounts` what the rows of accounts.csv must hold, `set` what is given after --set.
"""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from leadscore.model.load import load_model
from leadscore.rules.base import STAGES
from tests.conftest import ROOT
from tests.golden import (
    CONFIGS,
    HOME,
    comments,
    configs,
    events_of,
    id_column,
    leads_of,
    make_goldens,
    sample_of,
    try_it,
)
from tests.make_signals import make_samples
from tests.running import DAY, Place, rows_of, run

# A config whose export is public but not ours to ship: it is tested where that export is (test_check).
OTHER_EXPORT = {"x_education"}
ALL = sorted(CONFIGS.glob("*.yml"))
CASES = sorted((HOME / "cases").glob("*.yml"))
Case = dict[str, Any]

every_config = pytest.mark.parametrize("config", ALL, ids=lambda path: path.stem)
every_runnable = pytest.mark.parametrize("config", configs(), ids=lambda path: path.stem)


def read(path: Path) -> Any:
    # BaseLoader leaves every scalar the text it is, as in a config: NO is Norway.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def test_no_config_lacks_its_sample_its_golden_output_its_cases_or_its_row_in_the_readme() -> None:
    names, listed = {path.stem for path in ALL}, set(listed_in_readme())
    tested = {path.name.split(".")[0] for path in [*HOME.glob("*.csv"), *CASES]}
    runnable = names - OTHER_EXPORT
    lacks = {
        "a line `# Try it: leadscore score sample_data/...`": runnable - {path.stem for path in configs()},
        "a golden output (python -m tests.golden NAME)": runnable
        - {path.stem for path in HOME.glob("*.csv")},
        "cases (tests/configs/cases/NAME.yml)": names - {path.stem for path in CASES},
        "a row in README.md, Scoring models": names - listed,
        "a config: it is only tested, or only listed": (tested | listed) - names,
    }
    assert {what: sorted(missing) for what, missing in lacks.items() if missing} == {}


@every_config
def test_a_config_opens_with_what_it_is_for_what_it_needs_and_where_it_comes_from(config: Path) -> None:
    first = config.read_text(encoding="utf-8").splitlines()[:3]
    assert [line.partition(": ")[0] for line in first] == ["# For", "# Needs", "# From"]
    assert all(re.search(r": \S.*[.)]$", line) for line in first)


@every_runnable
def test_a_config_has_no_doubt_its_comments_do_not_explain(config: Path) -> None:
    ended = run("check", config, sample_of(config), *events_of(config), "--as-of", DAY, "--json")
    assert ended.code == 0, ended.stderr
    doubts = {doubt["code"] for doubt in json.loads(ended.stdout)["doubts"]}
    assert [code for code in doubts if code not in comments(config)] == []


@every_runnable
def test_a_config_gives_its_golden_output(config: Path) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in HOME.glob(f"{config.stem}.*csv")}
    made = make_goldens(config)
    to_do = f"if this is meant: python -m tests.golden {config.stem}"
    assert sorted(kept) == sorted(made), to_do
    for name, content in made.items():
        assert kept[name].splitlines() == content.splitlines(), to_do


@every_runnable
def test_a_config_is_tried_on_the_last_day_of_its_sample(config: Path) -> None:
    words = [str(word) for word in try_it(config)]
    assert words[words.index("--as-of") + 1] == DAY
    assert words[words.index("-c") + 1] == str(config)


@pytest.mark.parametrize("cases", CASES, ids=lambda path: path.stem)
def test_the_points_a_config_can_give_are_those_its_cases_say(cases: Path) -> None:
    found = json.loads(run("check", CONFIGS / cases.name, "--json").stdout)
    least_and_most = [Decimal(text) for text in read(cases)["range"]]
    assert [Decimal(str(found[end])) for end in ("minimum", "maximum")] == least_and_most


named_cases = [
    pytest.param(CONFIGS / path.name, case, id=f"{path.stem}: {case['name']}")
    for path in CASES
    for case in read(path)["cases"]
]


@pytest.mark.parametrize(("config", "case"), named_cases)
def test_a_config_gives_each_lead_of_a_case_its_result(config: Path, case: Case, tmp_path: Path) -> None:
    place, key = Place(tmp_path), id_column(config)
    leads = [{key: str(number), **lead} for number, lead in enumerate(case["leads"], start=1)]
    expected = [lead.pop("gives") for lead in leads]
    options: list[object] = [word for setting in case.get("set", []) for word in ("--set", setting)]
    if events := case.get("events"):
        options += ["--events", write(tmp_path / "events.csv", list(events[0]), events)]
    write(tmp_path / "leads.csv", columns_of(config, leads), leads)
    ended = place.score(tmp_path / "leads.csv", config, *options)
    assert ended.code == 0, ended.stderr
    results = leads_of({path.name: rows_of(path.read_bytes()) for path in place.out.glob("*.csv")}, key)
    for lead, gives in zip(leads, expected, strict=True):
        found = {column: results[lead[key]].get(column) for column in gives}
        assert {column: plain(cell) for column, cell in found.items()} == {
            column: plain(cell) for column, cell in gives.items()
        }, lead
    for account, gives in zip(
        place.rows("accounts.csv") if "accounts" in case else [], case.get("accounts", []), strict=True
    ):
        found = {column: plain(account.get(column)) for column in gives}
        assert found == {column: plain(cell) for column, cell in gives.items()}


def columns_of(config: Path, leads: list[Case]) -> list[str]:
    """The sample's columns, so that a misspelt one is refused; without a sample those of the leads."""
    if config in configs():
        return list(rows_of(sample_of(config).read_bytes())[0])
    return list(dict.fromkeys(column for lead in leads for column in lead))


def write(path: Path, columns: list[str], rows: list[Case]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def plain(cell: str | None) -> str | None:
    """``8.50`` and ``8.5`` are the same result."""
    try:
        return f"{Decimal(cell or '').normalize():f}"
    except InvalidOperation:
        return cell


def test_an_sql_cut_of_80_on_ten_criteria_of_5_points_is_out_of_reach() -> None:
    # models.md E18: 10 x 5 = 50, not 100.
    ended = run("check", CONFIGS / "ten_criteria.yml", "--set", "tiers.SQL.min_score=80")
    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr == (
        "--set tiers.SQL.min_score=80: tiers.SQL.min_score: no lead can be in it: "
        "the most a lead can score is 50; lower min_score, or raise the points\n"
    )


def test_a_sign_of_a_later_stage_of_the_funnel_earns_more_than_any_of_an_earlier_one() -> None:
    # models.md E26: awareness < consideration < decision.
    groups = load_model(CONFIGS / "funnel_stages.yml").groups.values()
    rules = [rule for group in groups for rule in group.rules]
    earned = [[rule.bounds()[1] for rule in rules if rule.stage == stage] for stage in STAGES]
    assert sum(map(len, earned)) == len(rules)
    assert all(max(earlier) < min(later) for earlier, later in pairwise(earned))


def test_the_readme_lists_no_config_twice() -> None:
    assert len(listed_in_readme()) == len(set(listed_in_readme()))


def listed_in_readme() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n## Scoring models\n")[1].split("\n## ")[0]
    return re.findall(r"\]\(configs/(\w+)\.yml\)", section)


def test_writing_the_samples_of_signals_again_gives_the_same_bytes() -> None:
    for name, content in make_samples().items():
        assert (ROOT / "sample_data" / name).read_bytes() == content, name
