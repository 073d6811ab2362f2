"""order: scored rows -> all leads in the order of the ranking, and what comes before each part of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from leadscore.fields import UNKNOWN
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.lists import PARTS
from leadscore.pipeline.outline import Whole, axes_of
from leadscore.pipeline.rank import rank_key
from leadscore.pipeline.spark.plan import LEAD, UNTRUSTED, Plan

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

RANKED = list(PARTS).index("ranked")
PARTITION = "partition"


@dataclass(frozen=True)
class Start:
    """What comes before the leads of one partition."""

    ranked: Mapping[str, int] = field(default_factory=dict)
    """Ranked leads by segment, and under '' in all."""
    known: int = 0
    """Ranked leads whose outcome is known."""
    rows: int = 0
    """Leads in the partition itself: what the pass that counted them found."""


@dataclass(frozen=True)
class Ordered:
    """All leads that are written, best first, part by part; the engine has put them down."""

    rows: DataFrame
    starts: Mapping[int, Start]
    whole: Whole
    counts: Mapping[str, int]
    """Leads of each part."""


def order_leads(scored: DataFrame, plan: Plan, partitions: int) -> Ordered:
    """Sort the trusted leads by part, rank keys and id; then count what comes before each partition."""
    from pyspark import StorageLevel
    from pyspark.sql import functions as F  # noqa: N812 (its usual name)

    leads = scored.where(f"kind = {LEAD} and part <> {UNTRUSTED}")
    scored.sparkSession.conf.set("spark.sql.shuffle.partitions", str(partitions))
    in_order = leads.orderBy("part", *_orders(plan), "id").persist(StorageLevel.DISK_ONLY)
    rows = in_order.withColumn(PARTITION, F.spark_partition_id())
    return _count(rows, plan)


def _orders(plan: Plan) -> list[Column]:
    """Best first. Numbers of a batch's own are made so that the lowest is best; others are as they are."""
    from pyspark.sql import functions as F  # noqa: N812

    orders = []
    for place, key in enumerate(plan.model.rank_by):
        kind, name = plan.key_kinds.get(place), rank_key(key_name(key), plan.model)
        if kind is not None and plan.is_number(place):
            orders.append(F.asc(f"k{place}"))
            continue
        column = f"k{place}" if kind is not None else plan.settings["ranked_percentiles"][name]
        orders.append(F.desc_nulls_last(column) if isinstance(key, str) else F.asc_nulls_last(column))
    return orders


def _count(rows: DataFrame, plan: Plan) -> Ordered:
    from pyspark.sql import functions as F  # noqa: N812

    model = plan.model
    segment = F.col(plan.place_of("segment")) if model.segments else F.lit("")
    known = F.col(plan.place_of("won")) != UNKNOWN if model.outcome else F.lit(False)
    axes = [plan.place_of(name) for name in axes_of(model) or ()]
    ends = [end(name).alias(f"{name}_{end.__name__}") for name in axes for end in (F.min, F.max)]
    groups = rows.groupBy(PARTITION, "part", segment.alias("segment"))
    found = groups.agg(F.count("*").alias("rows"), F.sum(known.cast("long")).alias("known"), *ends)
    counted = sorted(found.collect(), key=lambda row: (row[PARTITION], row["part"]))
    return Ordered(rows, _starts(counted), _whole(counted, axes), _parts(counted, model))


def _parts(counted: list[Any], model: Model) -> dict[str, int]:
    names = list(PARTS)
    counts = Counter({name: 0 for name, part in PARTS.items() if part.wanted(model)})
    for row in counted:
        counts[names[row["part"]]] += row["rows"]
    return dict(counts)


def _starts(counted: list[Any]) -> dict[int, Start]:
    ranked: Counter[str] = Counter()
    starts, known = {}, 0
    for partition in sorted({row[PARTITION] for row in counted}):
        own = [row for row in counted if row[PARTITION] == partition]
        starts[partition] = Start(dict(ranked), known, sum(row["rows"] for row in own))
        for row in own:
            if row["part"] == RANKED:
                ranked[""] += row["rows"]
                known += row["known"]
                if row["segment"]:
                    ranked[row["segment"]] += row["rows"]
    return starts


def _whole(counted: list[Any], axes: list[str]) -> Whole:
    ranked = [row for row in counted if row["part"] == RANKED]
    known = sum(row["known"] for row in ranked)
    if not axes or not ranked:
        return Whole(known)
    rows, columns = (
        (min(row[f"{name}_min"] for row in ranked), max(row[f"{name}_max"] for row in ranked))
        for name in axes
    )
    return Whole(known, (rows, columns))
