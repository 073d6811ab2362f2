"""test_batch: hundredths become decimals and floats without losing one; what is missing stays so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore import score_batch
from leadscore.errors import InputError, UsageError
from leadscore.model.load import load_content
from leadscore.model.schema import Model
from leadscore.pipeline.batch import to_decimals, whole_numbers
from tests.running import match, model_of

AS_OF = date(2026, 6, 30)
HUNDREDTHS = st.integers(-(10**17), 10**17)


def model(head: str = "") -> Model:
    config = model_of(match("visits: {at_least: 5}", "2.5"), head=head, tiers="[{name: All}]")
    return load_content("model.yml", config.encode())


@given(st.lists(st.none() | HUNDREDTHS, max_size=40))
def test_every_hundredth_is_in_the_decimals(points: list[int | None]) -> None:
    numbers, known = whole_numbers(pd.Series(points, dtype="Int64"))
    assert known.tolist() == [each is not None for each in points]
    assert numbers.tolist() == [each or 0 for each in points]
    expected = [None if each is None else Decimal(each).scaleb(-2) for each in points]
    assert to_decimals(numbers, known).to_pylist() == expected
    assert to_decimals(numbers).to_pylist() == [each or Decimal() for each in expected]


def test_decimals_have_two_places_and_a_sign() -> None:
    shown = [str(each) for each in to_decimals(np.array([5, -5, 0, 123_456, -100])).to_pylist()]
    assert shown == ["0.05", "-0.05", "0.00", "1234.56", "-1.00"]


def test_the_first_criterion_that_holds_says_why_a_lead_is_out() -> None:
    head = "disqualify: [{name: a, when: {title: A}}, {name: many, when: {visits: {at_least: 5}}}]"
    leads = pd.DataFrame(
        {"lead_id": list("1234"), "title": ["A", "B", "A", ""], "visits": ["9", "5", "", "4"]}
    )
    told = score_batch(leads, model(head), AS_OF)["disqualified_by"]
    assert told.astype(object).where(told.notna(), None).tolist() == ["a", "many", "a", None]


def test_numbers_are_points_and_the_index_is_the_callers() -> None:
    leads = pd.DataFrame({"lead_id": ["1", "2"], "visits": ["9", "1"]}, index=[7, 3])
    scored = score_batch(leads, model(), AS_OF)
    assert scored["score"].to_dict() == {7: 2.5, 3: 0.0}
    assert scored["score"].dtype == scored["fit"].dtype == scored["coverage"].dtype == "float64"


def test_a_frame_that_lacks_a_column_or_the_accounts_is_refused() -> None:
    leads = pd.DataFrame({"lead_id": ["1"]})
    with pytest.raises(InputError, match=r"^leads:1: visits: no column 'visits'"):
        score_batch(leads, model(), AS_OF)
    rolled = model("accounts: {by: lead_id, combine: sum, in_score: {share: 20%, cap: 15}}")
    with pytest.raises(UsageError, match="the config has the account's score in the lead's"):
        score_batch(leads.assign(visits="9"), rolled, AS_OF)
