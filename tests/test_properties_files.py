"""test_properties_files: every lead of a file comes out once, with the result that explain gives."""

from __future__ import annotations

import copy
import functools
import re
from pathlib import Path
from random import Random
from unittest import mock

import pytest
from hypothesis import assume, given, strategies as st

from leadscore.analysis.explain.explain import explain_leads
from leadscore.analysis.explain.prospects import Prospects
from leadscore.model.load import load_model
from leadscore.pipeline import inputs
from leadscore.pipeline.inputs import open_wanted
from leadscore.pipeline.read import open_export
from leadscore.points import format_points
from leadscore.text import GUARDED
from tests.oracle_values import hundredths
from tests.properties import often, rank_export, rank_frame, shuffles
from tests.properties_files import LIVE, damaged, publish, tables, with_notes, written
from tests.running import rows_of
from tests.strategies import AS_OF, Case
from tests.strategies_quick import GROUPS, quick_cases


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@often
@given(quick_cases, shuffles)
def test_f11_our_own_output_scored_again_gives_the_same(folder: Path, case: Case, random: Random) -> None:
    config, leads = copy.deepcopy(case[0]), case[1]
    # An apostrophe before what a spreadsheet would run is none of the value.
    live = {"name": "live", "kind": "match", "when": {"title": {"in": LIVE, "exact": True}}, "points": 3}
    config["groups"]["fit"]["rules"].append(live)
    export = folder / "leads.csv"
    export.write_text(written(with_notes(leads, random)))
    ranked = publish(config, export, folder / "out")["ranked.csv"]
    rows = rows_of(ranked)
    assume(rows)
    export.write_bytes(ranked)
    model = load_model({**config, "output": {"prefix": "again_"}})
    again = rank_export(model, open_wanted(export, model))
    for row, (id_, found) in zip(rows, again.items(), strict=True):
        assert re.sub(GUARDED, r"\1", row["lead_id"]) == id_
        for name in ("rank", "tier", "grade", "reasons"):
            assert str(found.get(name, "")) == row.get(name, "")
        for name in ("score", "coverage", *GROUPS):
            assert found[name] == hundredths(row[name])


@often
@given(quick_cases, shuffles)
def test_f13_every_row_comes_out_once_and_tier_files_are_the_ranked_file(
    folder: Path, case: Case, random: Random
) -> None:
    config, leads = case
    leads = with_notes(leads, random)
    text, broken = damaged(written(leads), random)
    export = folder / "leads.csv"
    export.write_text(text)
    found = tables(publish(config, export, folder / "out"))
    ranked, out, aside = (found.get(name, []) for name in ("ranked", "disqualified", "set_aside"))
    assert len(aside) == broken
    assert (
        "".join(row["text"] + "\n" for row in aside)
        == text[len(text) - sum(len(row["text"]) + 1 for row in aside) :]
    )
    came = [tuple(re.sub(GUARDED, r"\1", row[name]) for name in map(str, leads)) for row in [*ranked, *out]]
    assert sorted(came) == sorted(map(tuple, leads.to_numpy().tolist()))
    assert [row["rank"] for row in ranked] == [str(place) for place in range(1, len(ranked) + 1)]
    tiers = [rows for name, rows in found.items() if name.startswith("tiers/")]
    assert sorted((row for rows in tiers for row in rows), key=lambda row: int(row["rank"])) == ranked
    assert all(len({row["tier"] for row in rows}) == 1 for rows in tiers if rows)


@often
@given(quick_cases, shuffles, st.sampled_from([200, 1 << 20]))
def test_f19_what_explain_says_of_a_lead_is_its_row(
    folder: Path, case: Case, random: Random, size: int
) -> None:
    config, leads = case
    config = {**config, "output": {"reasons": 15}}
    leads, model, export = with_notes(leads, random), load_model(config), folder / "leads.csv"
    export.write_text(written(leads))
    id_, row = random.choice(list(rank_frame(config, leads).items()))
    with mock.patch.object(inputs, "open_export", functools.partial(open_export, batch_bytes=size)):
        (lead,) = explain_leads(
            open_wanted(export, model), model, AS_OF, [id_], trials=lambda lead: Prospects()
        )
    told = {"score": lead.score, "tier": lead.tier, "coverage": lead.coverage}
    told |= {name: sum(line.points for line in lead.lines if line.group == name) for name in GROUPS}
    told |= {"grade": lead.grade} if "grade" in row else {}
    told["disqualified_by"] = lead.disqualified_by or None
    lines = [line for line in lead.lines if line.kind in ("rule", "decay") and line.points]
    lines.sort(key=lambda line: -abs(line.points))
    told["reasons"] = "; ".join(f"{line.name} {format_points(line.points, signed=True)}" for line in lines)
    assert told == {name: row[name] for name in told}
    assert sum(line.points for line in lead.lines) == lead.score
