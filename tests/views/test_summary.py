"""test_summary: the summary is a small dashboard on a terminal, and figures alone wherever else it goes."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from leadscore.views import screen
from leadscore.views.dashboard import bar_of
from leadscore.views.screen import FEW, MANY, Look, look_at_screen
from leadscore.views.summary import summary_view
from tests.running import SAMPLE, SAMPLE_CONFIG, Place

BLOCKS = "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉·"


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = Place(tmp_path_factory.mktemp("summary"))
    assert place.score(SAMPLE, SAMPLE_CONFIG).code == 0
    return place.summary() | {"out": str(place.out)}


def shown(summary: dict[str, Any], look: Look, monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    """What people see on such a screen."""
    file = io.StringIO()

    def console(**given: Any) -> Console:
        return Console(**(given | {"file": file, "width": look.width, "stderr": False} | options))

    monkeypatch.setattr(screen, "Console", console)
    screen.show(*summary_view(summary, "out", look))
    return file.getvalue()


def test_a_pipe_gets_the_figures_alone(summary: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(summary, Look(), monkeypatch)
    assert not set(BLOCKS) & set(text)
    assert "leads by" not in text


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_nothing_is_wider_than_the_terminal(
    summary: dict[str, Any], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shown(summary, Look(width, blocks=True), monkeypatch)
    drawn = [line for line in text.splitlines() if set(BLOCKS) & set(line)]
    assert max(map(len, drawn)) <= width
    assert sum("scores 0 " in line and line.endswith(" 90") for line in drawn) == 1


def test_bars_stand_beside_the_table_where_there_is_room_and_below_it_where_not(
    summary: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = shown(summary, Look(140, blocks=True), monkeypatch)
    assert re.search(r"^Cold +198 .* 0\.13 +█{24}$", wide, re.MULTILINE)
    assert re.search(r"^SQL +60 +41 .* 3\.86 +█████ *$", wide, re.MULTILINE)
    narrow = shown(summary, Look(80, blocks=True), monkeypatch)
    assert re.search(r"^SQL █+\S?  MQL █+\S?  Nurture █+\S?  Cold █+\S?$", narrow, re.MULTILINE)
    assert "Cold" in shown(summary, Look(30, blocks=True), monkeypatch)


def test_the_map_holds_every_ranked_lead(summary: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(summary, Look(80, blocks=True), monkeypatch)
    lines = text[text.index("leads by fit (up) and engagement (right)") :].splitlines()[1:6]
    assert [line.split()[0] for line in lines[:4]] == ["40", "20", "0", "-20"]
    assert lines[4].split() == ["0", "10", "20", "30", "40", "50"]
    counts = [int(count) for line in lines[:4] for count in line.split()[1:] if count != "·"]
    assert sum(counts) == summary["leads"]["ranked"] == 464


@pytest.mark.parametrize("colours", [0, FEW, MANY])
def test_colours_are_blue_to_red_as_far_as_there_are_any(
    summary: dict[str, Any], colours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = {0: None, FEW: "standard", MANY: "truecolor"}
    options = {"force_terminal": True, "color_system": systems[colours]}
    text = shown(summary, Look(80, True, colours), monkeypatch, **options)
    line = next(line for line in text.splitlines() if " 130 " in line)
    grounds = re.findall(r"\x1b\[[0-9;]*m *([0-9]+)", line)
    assert len(grounds) == (6 if colours else 0)
    assert ("\x1b[97;41m 130" in line) == (colours == FEW)
    assert (";48;2;200;62;55m 130" in line) == (colours == MANY)


def test_a_screen_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(encoding: str = "utf-8", **options: Any) -> Look:
        file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(screen, "Console", lambda **_: Console(file=file, width=90, **options))
        return look_at_screen()

    assert look() == Look(90)
    assert look(force_terminal=True, color_system="truecolor") == Look(90, True, MANY)
    assert look(force_terminal=True, color_system="standard") == Look(90, True, FEW)
    assert look(force_terminal=True, color_system="standard", no_color=True) == Look(90, True)
    assert look(force_terminal=True, color_system=None) == Look(90, True)
    assert look("latin-1", force_terminal=True) == Look(90)


@pytest.mark.parametrize(
    ("leads", "bar"), [(0, ""), (1, "▏"), (50, "████"), (100, "████████"), (99, "███████▉"), (13, "█")]
)
def test_a_bar_is_as_long_as_its_leads_are_many(leads: int, bar: str) -> None:
    assert bar_of(leads, 100, 8) == bar


def test_a_run_without_leads_or_with_one_group_has_no_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = """\
name: one group
id: lead_id
groups: {g: {rules: [{name: v, kind: match, when: {name: Ann}, points: 10}]}}
tiers: [{name: Hot, min_score: 10}, {name: Cold}]
checks: {min_rows: 0}
"""
    place = Place(tmp_path)
    assert place.score("lead_id,name\n", config).code == 0
    assert not set("▁█·") & set(shown(place.summary(), Look(80, True), monkeypatch))
    assert place.score("lead_id,name\n1,Ann\n", config).code == 0
    assert "leads by" not in shown(place.summary(), Look(80, True), monkeypatch)
