"""copies: leads of one id -> refused by their lines, or one of them kept; found in the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from leadscore.model.check import FILE
from leadscore.model.schema import Model
from leadscore.pipeline.ids import SHOWN, refuse_known_duplicates
from leadscore.pipeline.spark.plan import UNTRUSTED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_PLACES = 7
"""So many lines of an id are asked for: more than a message names."""


def find_copies(scored: DataFrame) -> DataFrame:
    """The ids that more than one trusted lead has: ``id``, ``times``, first and last place (file, line)."""
    from pyspark.sql import functions as F  # noqa: N812 (its usual name)

    place = F.struct("file", "line")
    leads = scored.where(f"kind = 0 and part <> {UNTRUSTED}").groupBy("id")
    found = leads.agg(F.count("*").alias("times"), F.min(place).alias("first"), F.max(place).alias("last"))
    return found.where("times > 1")


def refuse_copies(
    scored: DataFrame, copies: DataFrame, names: Sequence[str], paths: Mapping[str, str], model: Model
) -> None:
    """Raise InputError naming the first lines of the first ids that stand more than once, if any does."""
    from pyspark.sql import Window, functions as F  # noqa: N812

    first = copies.orderBy("first").limit(SHOWN).select("id", "times").collect()
    if not first:
        return
    times = {row["id"]: row["times"] for row in first}
    own = Window.partitionBy("id").orderBy("file", "line")
    leads = scored.where(f"kind = 0 and part <> {UNTRUSTED}").where(F.col("id").isin(*times))
    places = leads.select("id", "file", "line", F.row_number().over(own).alias("number"))
    rows = places.where(f"number <= {_PLACES}").orderBy("file", "line").collect()
    frame = pd.DataFrame({
        "id": [row["id"] for row in rows], "line": [row["line"] for row in rows],
        FILE: [names[row["file"]] for row in rows],
    })  # fmt: skip
    refuse_known_duplicates(frame, times, copies.count(), paths, model)


def set_copies_aside(scored: DataFrame, copies: DataFrame, model: Model) -> DataFrame:
    """The rows with one trusted lead for each id: the others' part is that of leads set aside."""
    from pyspark.sql import functions as F  # noqa: N812

    keep = model.checks.on_duplicate
    kept = copies.select(F.col("id").alias("copied"), F.col(keep).alias("kept"))
    joined = scored.join(kept, (F.col("id") == F.col("copied")) & (F.col("part") != UNTRUSTED), "left")
    is_copy = F.col("kept").isNotNull() & (F.struct("file", "line") != F.col("kept"))
    reason = F.lit(f"a copy: the {keep} line with this {model.id} counts")
    return joined.withColumns({
        "aside": F.when(is_copy, reason).otherwise(F.col("aside")),
        "part": F.when(is_copy, F.lit(UNTRUSTED).cast("tinyint")).otherwise(F.col("part")),
    }).drop("copied", "kept")  # fmt: skip
