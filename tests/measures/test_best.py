"""test_best: the best of several groups is the one with most points, and ties are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.measures import Amounts, BestOf, Labels
from leadscore.model.load import load_model

GROUPS = ("crm", "mail", "voice")


@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 3, *[st.integers(0, 100)] * 3), max_size=12))
def test_the_best_group_is_the_first_with_most_points_if_it_has_any(leads: list[tuple[int, ...]]) -> None:
    columns = np.array(leads, dtype=np.int64).reshape(len(leads), 6).T
    points, coverage = (dict(zip(GROUPS, part, strict=True)) for part in (columns[:3], columns[3:]))
    found = dict(BestOf(name="product", groups=GROUPS).measure(points, coverage))
    best, tie, covered = found["product"], found["product_tie"], found["product_coverage"]
    assert isinstance(best, Labels)
    assert isinstance(tie, Labels)
    assert isinstance(covered, Amounts)
    for lead, (each, shares) in enumerate(zip(columns[:3].T.tolist(), columns[3:].T.tolist(), strict=True)):
        most = max(each)
        if most <= 0:
            assert (best.codes[lead], tie.codes[lead]) == (-1, -1)
            continue
        place = each.index(most)
        assert best.names[best.codes[lead]] == GROUPS[place]
        assert tie.names[tie.codes[lead]] == ("yes" if each.count(most) > 1 else "no")
        assert covered.hundredths[lead] == shares[place]


@pytest.mark.parametrize(
    ("best_of", "says"),
    [
        ({"name": "product", "groups": ["crm"]}, "best_of.groups"),
        ({"name": "product", "groups": ["crm", "male"]}, "did you mean mail"),
        ({"name": "score", "groups": ["crm", "mail"]}, "second column called score"),
        ({"groups": ["crm", "mail"]}, "best_of.name"),
    ],
)
def test_a_best_of_that_cannot_be_meant_is_refused(best_of: dict[str, Any], says: str) -> None:
    groups = {
        name: {"rules": [{"name": f"{name} visits", "kind": "count", "field": name, "each": 1, "cap": 9}]}
        for name in ("crm", "mail")
    }
    config = {"name": "x", "id": "lead_id", "groups": groups, "tiers": [{"name": "All"}], "best_of": best_of}
    with pytest.raises(ConfigError, match=says):
        load_model(config)
