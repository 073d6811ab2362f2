"""rank: scored leads -> their order; one is best, and no two leads share a rank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.schema import Model


def rank_leads(leads: pd.DataFrame, model: Model) -> npt.NDArray[np.int64]:
    """Positions of the leads, best first: the `rank_by` columns descending, then id by code point.

    Unknown values come after known ones. Ids are unique, so the order is the same on every machine.
    """
    keys = {f"key {place}": _known_first(leads[rank_key(name)]) for place, name in enumerate(model.rank_by)}
    keys["id"] = pa.array(leads["id"], pa.large_string())
    order = [(name, "ascending" if name == "id" else "descending") for name in keys]
    return np.asarray(pc.sort_indices(pa.table(keys), order).to_numpy(), dtype=np.int64)


def _known_first(values: pd.Series) -> pa.Array:
    return pa.array(values.to_numpy() if values.name == "score" else values.fillna(-np.inf).to_numpy())


def rank_key(name: str) -> str:
    """The column that holds a `rank_by` field's values while leads are ranked."""
    return name if name == "score" else f"rank_by {name}"
