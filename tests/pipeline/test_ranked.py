"""test_ranked: what a notebook gets is what the ranked file holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from leadscore import load_model, score
from leadscore.errors import InputError, UsageError
from tests.conftest import ROOT
from tests.running import DAY, SAMPLE, Place, rows_of, run

EVENTS = ROOT / "sample_data" / "events.csv"
CONFIGS = "b2b_saas b2c heat_map segments personas pain_fit scales accounts lamb_or_spam combined".split()


def texts(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


@pytest.mark.parametrize("name", CONFIGS)
def test_it_is_the_ranked_file(tmp_path: Path, name: str) -> None:
    config = ROOT / "configs" / f"{name}.yml"
    place, more = Place(tmp_path), ["--events", EVENTS] if name == "combined" else []
    ended = run("score", SAMPLE, "-c", config, "-o", place.out, "--as-of", DAY, "--no-cache", "-q", *more)
    assert ended.code == 0, ended.said
    expected = rows_of((place.out / "ranked.csv").read_bytes())
    events = texts(EVENTS) if more else None
    found = score(texts(SAMPLE), load_model(config), date.fromisoformat(DAY), events)
    assert list(found.columns) == list(expected[0])
    assert len(found) == len(expected)
    for column in found:
        written = [row[str(column)] for row in expected]
        if pd.api.types.is_float_dtype(found[column]):
            numbers = [float(text) if text else None for text in written]
            assert [None if pd.isna(value) else value for value in found[column]] == numbers
        else:
            own = ["" if pd.isna(value) else str(value) for value in found[column]]
            assert own == [text.removeprefix("'") for text in written]


def test_rows_keep_their_index_and_the_frame_is_left_alone(tmp_path: Path) -> None:
    leads = texts(SAMPLE).set_axis(range(1000, 1500))
    before = leads.copy()
    found = score(leads, load_model(ROOT / "configs" / "b2b_saas.yml"), date.fromisoformat(DAY))
    assert (leads.loc[found.index, "lead_id"] == found["lead_id"]).all()
    pd.testing.assert_frame_equal(leads, before)


def test_what_is_wrong_is_raised(tmp_path: Path) -> None:
    model = load_model(ROOT / "configs" / "b2b_saas.yml")
    with pytest.raises(InputError, match="lead_id"):
        score(pd.DataFrame({"x": ["1"]}), model, date.fromisoformat(DAY))
    counted = load_model(ROOT / "configs" / "activity_log.yml")
    with pytest.raises(UsageError, match="there is no log"):
        score(texts(SAMPLE), counted, date.fromisoformat(DAY))
