"""polars_events: the points of events.yml in Polars."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from polars import Expr, LazyFrame, col, lit

AS_OF = date(2026, 6, 30)
TYPES = {"lead_id": pl.String, "event": pl.String, "time": pl.String, "value": pl.Float64}


def sum_events(log: Path) -> LazyFrame:
    """Points per lead, in hundredths."""
    age = (lit(AS_OF) - col("time").str.to_date("%Y-%m-%d")).dt.total_days().alias("age")
    events = pl.scan_csv(log, schema=TYPES).with_columns(age)
    # Only visits are limited to so many a day; all the rest is added up in one go.
    daily = events.filter(col("event") == "visit").group_by("lead_id", "age").agg(pl.len().cast(pl.Int64))
    visited = daily.group_by("lead_id").agg(visits=col("len").clip(upper_bound=2).sum())
    others = events.group_by("lead_id").agg(points=points())
    visits = (col("visits").fill_null(0) * 100).clip(upper_bound=2000)
    return others.join(visited, on="lead_id", how="left").select("lead_id", activity=col("points") + visits)


def points() -> Expr:
    """The points of a lead's events, visits aside."""
    age, event = col("age"), col("event")
    demo = left(3000, 10).filter((event == "demo_request") & (age <= 90)).sum()
    opened = left(100, 14).filter(event.is_in(["open", "click"])).sum()
    bought = (col("value") * 100).round().filter(event == "purchase").sum().cast(pl.Int64)
    lately = (age.min() <= 10).cast(pl.Int64) * 300
    capped = [(demo, 4000), (opened, 2000), (bought, 5000)]
    return pl.sum_horizontal(lately, *(part.clip(upper_bound=cap) for part, cap in capped))


def left(given: int, half_life: int) -> Expr:
    """What is left of an event's points after its own age, a half away from zero."""
    return (given * lit(2.0).pow(-col("age") / half_life) + 0.5).floor().cast(pl.Int64)
