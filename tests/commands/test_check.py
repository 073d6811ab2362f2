"""test_check: every doubt about a config is told before a run meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadscore.model.lint import FINDINGS
from tests.running import run

ROOT = Path(__file__).parents[2]
SAMPLE, B2B = str(ROOT / "sample_data" / "leads.csv"), str(ROOT / "configs" / "b2b_saas.yml")
CONFIG = """\
name: doubtful
id: lead_id
groups:
  fit:
    rules:
      - {name: nobody, kind: match, when: {industry: Sofware}, points: 5}
      - {name: software, kind: match, when: {industry: Software}, points: 10}
tiers:
  - {name: Hot, min_score: 15}
  - {name: Cold}
"""


@pytest.fixture
def doubtful(tmp_path: Path) -> str:
    place = tmp_path / "doubtful.yml"
    place.write_text(CONFIG, encoding="utf-8")
    return str(place)


@pytest.mark.parametrize("command", ["score", "explain", "check"])
def test_a_tier_nobody_can_reach_is_refused_with_its_place_and_the_maximum(
    doubtful: str, command: str, tmp_path: Path
) -> None:
    # models.md E18
    Path(doubtful).write_text(CONFIG.replace("min_score: 15", "min_score: 15.01"), encoding="utf-8")
    words: dict[str, tuple[object, ...]] = {
        "score": (SAMPLE, "-c", doubtful, "-o", tmp_path / "out"),
        "explain": (SAMPLE, "-c", doubtful, "--id", "105271"),
        "check": (doubtful,),
    }
    ended = run(command, *words[command])
    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr == (
        f"{doubtful}:9:17: tiers.Hot.min_score: no lead can be in it: the most a lead can score is 15; "
        "lower min_score, or raise the points\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_rule_that_matches_no_lead_of_the_export_is_named(doubtful: str) -> None:
    ended = run("check", doubtful, SAMPLE)
    assert ended.code == 0
    assert f"{doubtful}:6:9: groups.fit.rules.nobody: no lead gets points (0 of 500)" in ended.stdout
    assert "rules.software" not in ended.stdout


def test_a_column_the_export_lacks_is_named_with_the_nearest_there_is(doubtful: str) -> None:
    ended = run("check", doubtful, SAMPLE, "--set", "id=lead_idd")
    assert ended.code == 4
    assert "no column 'lead_idd'" in ended.stderr
    assert "'lead_id'" in ended.stderr


def test_every_fault_is_told_at_once(doubtful: str) -> None:
    ended = run("check", doubtful, "--set", "tiers.Hot.min_scor=5", "--set", "score={combine: average}")
    assert ended.code == 3
    assert len(ended.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("config", "export"),
    [(B2B, SAMPLE), (str(ROOT / "configs" / "x_education.yml"), "x_education")],
)
def test_the_configs_that_ship_are_beyond_doubt(
    config: str, export: str, request: pytest.FixtureRequest
) -> None:
    leads = str(request.getfixturevalue(export)) if export == "x_education" else export
    ended = run("check", config, leads, "--as-of", "2026-06-30")
    assert (ended.code, "no doubts" in ended.stdout) == (0, True)


@pytest.mark.parametrize("code", FINDINGS)
def test_every_doubt_explains_itself(code: str) -> None:
    ended = run("check", "--explain", code)
    assert ended.code == 0
    assert ended.stdout.startswith(f"{code}: ")


def test_machines_get_the_same_doubts(doubtful: str) -> None:
    found = json.loads(run("check", doubtful, "--json").stdout)
    assert (found["minimum"], found["maximum"]) == (0, 15)
    assert found["doubts"] == []
    (doubt,) = json.loads(run("check", doubtful, "--set", "groups.fit.cap=16", "--json").stdout)["doubts"]
    assert (doubt["code"], doubt["key"]) == ("idle-bound", "groups.fit.cap")


def test_without_a_config_it_says_what_to_name() -> None:
    assert run("check").code == 2
