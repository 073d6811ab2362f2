"""properties: what scoring says of a frame or a file, in the forms the property tests compare."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import settings, strategies as st

from leadscore.model.load import load_model
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored, score_batch, score_leads
from leadscore.pipeline.collect import collect_leads
from leadscore.pipeline.combine import Contributions
from leadscore.pipeline.export import Export
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.rank import rank_leads
from leadscore.pipeline.reason import show_all
from tests.conftest import EXAMPLES
from tests.oracle import Verdict
from tests.strategies import AS_OF, Config

often = settings(max_examples=EXAMPLES)
shuffles = st.randoms(use_true_random=True)  # one draw, however often it is asked
RESULTS = ["score", "tier", "fit", "engagement", "doubts", "disqualified_by"]


def batch(config: Config, leads: pd.DataFrame) -> pd.DataFrame:
    """What a notebook gets: the columns scoring adds."""
    return score_batch(leads, load_model(config), AS_OF)


def results(config: Config, leads: pd.DataFrame) -> pd.DataFrame:
    """The same without what every rule has a part in: reasons and coverage."""
    return batch(config, leads)[RESULTS + ["grade"] * ("grade" in config)]


def exact(points: pd.Series[float]) -> list[Decimal]:
    """Points as score_batch gives them: each float is the one nearest to two decimals."""
    return [Decimal(repr(value)) for value in points.tolist()]


def score(config: Config, leads: pd.DataFrame) -> Scored:
    """Every line of every lead."""
    model = load_model(config)
    return score_leads(leads, model, fit_model(model, list(leads.columns), "leads").columns, AS_OF)


def contributions_of(scored: Scored) -> Contributions:
    """The lines of all leads: without segments one model scores them."""
    (portion,) = scored.portions
    return portion.contributions


def verdicts(scored: Scored) -> list[Verdict]:
    """What leadscore says, in the oracle's form."""
    contributions = contributions_of(scored)
    names = [line.name for line in contributions.lines]
    found = scored.columns.astype(object).where(scored.columns.notna(), None).to_dict("records")
    return [
        Verdict(
            lines=list(zip(names, contributions.points[:, place].tolist(), strict=True)),
            groups={name: int(row[str(name)]) for name in contributions.groups},
            grade=row.get("grade"),
            **{key: row[key] for key in ("score", "tier", "coverage", "disqualified_by")},
        )
        for place, row in enumerate(found)
    ]


def collect(model: Model, leads: pd.DataFrame) -> pd.DataFrame:
    """What a run keeps of every lead before it ranks them."""
    return collect_leads(FrameExport(leads, "leads"), model, AS_OF).leads


def rank_ids(model: Model, leads: pd.DataFrame) -> list[str]:
    """The ids of leads that were collected, best first."""
    return leads["id"].iloc[rank_leads(leads, model)].tolist()


def rank(model: Model, leads: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Id -> all that was found of the lead; first those that are ranked, the best first, with their rank."""
    order = rank_leads(leads, model)
    ranks = {place: rank for rank, place in enumerate(order[divide_leads(leads, model)["ranked"][order]], 1)}
    shown = {
        str(name): [None if cell != cell else cell for cell in column.tolist()]
        for name, column in show_all(leads).items()
        if _is_result(str(name))
    }
    ids = leads["id"].tolist()
    places = [*ranks, *sorted(set(range(len(ids))) - ranks.keys(), key=ids.__getitem__)]
    return {
        ids[place]: {"rank": ranks.get(place), **{name: cells[place] for name, cells in shown.items()}}
        for place in places
    }


def _is_result(name: str) -> bool:
    """Not its place in the file, nor a value of its own, which may be NaN and then equals nothing."""
    return name not in ("id", "line") and not name.startswith("rank_by ")


def rank_export(model: Model, export: Export) -> dict[str, dict[str, Any]]:
    """The same of an export of any kind."""
    return rank(model, collect_leads(export, model, AS_OF).leads)


def rank_frame(config: Config, leads: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The same of leads in a frame."""
    model = load_model(config)
    return rank(model, collect(model, leads))
