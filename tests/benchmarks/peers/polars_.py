"""polars_: model.yml and events.yml as one would write them in Polars.

python -m tests.benchmarks.peers.polars_ EXPORT OUT [--events LOG]
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import polars as pl
from polars import Expr, LazyFrame, col, lit, when

from tests.benchmarks.peers.polars_events import sum_events

AS_OF = date(2026, 6, 30)
TIERS = {"SQL": 6000, "MQL": 4000, "Nurture": 1500, "Cold": 0}
GROUPS = {False: ["fit", "engagement", "timing", "doubts"], True: ["activity"]}
FREE = ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com"]


def main() -> None:
    """The whole job: read, score, rank, write the ranked file and one per tier."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("export", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--events", type=Path)
    given = arguments.parse_args()
    leads = read_leads(given.export)
    own = leads.collect_schema().names()
    if given.events is None:
        leads = add_points(leads)
    else:
        leads = leads.join(sum_events(given.events), on="lead_id", how="left").with_columns(
            activity=col("activity").fill_null(0)
        )
    write(rank(leads, GROUPS[given.events is not None], own), given.out, given.export.suffix)


def read_leads(path: Path) -> LazyFrame:
    """The export, every column as text."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path)
    return pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)


def add_points(leads: LazyFrame) -> LazyFrame:
    """Points per group, in hundredths, of the leads that have not opted out."""
    counts = ["visits", "pages", "emails_opened", "form_fills", "demo_requests"]
    last_seen = col("Last Activity Date").str.to_date("%d/%m/%Y", strict=False)
    created = col("created_date").str.to_date("%Y-%m-%d", strict=False)
    typed = leads.filter(col("unsubscribed").str.to_lowercase() != "true").with_columns(
        title=col("job_title").str.to_lowercase(),
        nation=col("country").str.to_lowercase(),
        origin=col("source").str.to_lowercase(),
        staff=col("Employees").cast(pl.Float64, strict=False),
        money=col("budget").cast(pl.Float64, strict=False),
        quiet=(lit(AS_OF) - last_seen).dt.total_days(),
        age=(lit(AS_OF) - created).dt.total_days(),
        **{f"n_{name}": col(name).cast(pl.Int64, strict=False) for name in counts},
    )
    return typed.with_columns(
        fit=fit().clip(upper_bound=5000),
        engagement=faded(engagement(), "quiet", 60).clip(upper_bound=4500),
        timing=timing(),
        doubts=doubts().clip(lower_bound=-2000),
    )


def fit() -> Expr:
    """What the lead is."""
    title, nation, money = col("title"), col("nation"), col("money")
    words = "\\b(?:{})\\b".format
    seniority = (
        when(title == "").then(0)
        .when(title.str.contains(words("student|intern|trainee"))).then(-1500)
        .when(title.str.contains(words("ceo|cto|chief|vp|vice president"))).then(1800)
        .when(title.str.contains(words("director|head"))).then(1400)
        .when(title.str.contains(words("manager"))).then(800)
        .otherwise(200)
    )  # fmt: skip
    department = (
        when(title.str.contains(words("sales|marketing"))).then(600)
        .when(title.str.contains(words("it|operations"))).then(250)
        .otherwise(0)
    )  # fmt: skip
    return (
        seniority
        + department
        + looked_up(
            col("industry").str.to_lowercase(), {"software": 1000, "finance": 750, "manufacturing": 400}
        )
        + banded(col("staff"), {5000: 500, 1000: 1000, 250: 1200, 50: 800, 10: 300}, missing=-100)
        + looked_up(col("origin"), {"referral": 800, "partner": 650, "webinar": 300, "list purchase": -400})
        + points(nation.is_in(["us", "gb", "ca", "de", "fr", "no"]), 400)
        + banded(money, {100_000: 700, 20_000: 425, 5_000: 200})
        + points(nation.is_in(["us", "gb", "de"]) & (money >= 10_000), 500)
    )


def engagement() -> Expr:
    """What the lead did, before it fades."""
    return (
        counted("demo_requests", 1500, 3000)
        + counted("form_fills", 500, 1500)
        + counted("visits", 200, 1600)
        + counted("pages", 25, 500)
        + counted("emails_opened", 50, 500)
        + points((col("n_visits") >= 3) & (col("n_form_fills") >= 1), 400)
    )


def timing() -> Expr:
    """When it was."""
    new = points(col("age").is_between(0, 60), 600)
    return (
        banded(col("quiet"), {31: 0, 8: 400, 0: 800})
        + faded(new, "age", 21)
        + faded(counted("pages", 35, 700), "quiet", 14)
    )


def doubts() -> Expr:
    """What speaks against it."""
    unknown = [(col(name) == "").cast(pl.Int64) for name in ("job_title", "company", "phone")]
    domain = col("email").str.split("@").list.last().str.to_lowercase()
    return (
        banded(col("quiet"), {180: -1200, 120: -800, 60: -400}, missing=-200)
        + points(domain.is_in(FREE), -450)
        + points(pl.sum_horizontal(unknown) >= 2, -600)
        + points((col("origin") == "list purchase") & (col("n_visits") <= 0), -800)
        + points((col("owner") == "") & (col("age") > 90), -125)
        + points((col("n_emails_opened") >= 4) & (col("n_visits") <= 1), -200)
    )


def points(holds: Expr, given: int) -> Expr:
    """Points where something holds; unknown is none."""
    return when(holds).then(given).otherwise(0)


def looked_up(text: Expr, values: dict[str, int]) -> Expr:
    """The points that stand beside a text."""
    return text.replace_strict(values, default=0, return_dtype=pl.Int64)


def banded(number: Expr, bands: dict[int, int], missing: int = 0) -> Expr:
    """The points of the highest band that the number reaches."""
    found = when(number.is_null()).then(missing)
    for bound, given in bands.items():
        found = found.when(number >= bound).then(given)
    return found.otherwise(0)


def counted(name: str, each: int, cap: int) -> Expr:
    """So many points each, at most the cap."""
    return (col(f"n_{name}").fill_null(0) * each).clip(upper_bound=cap)


def faded(earned: Expr, age: str, half_life: int) -> Expr:
    """What is left of points, a half away from zero; nothing where the age is unknown."""
    left = earned * lit(2.0).pow(-col(age).clip(lower_bound=0) / half_life)
    return (left + 0.5).floor().cast(pl.Int64).fill_null(0)


def rank(leads: LazyFrame, groups: list[str], own: list[str]) -> pl.DataFrame:
    """The leads with score, tier and groups in front, best first."""
    total = pl.sum_horizontal(groups).clip(0, 10_000 if len(groups) > 1 else None)
    tier = when(False).then(lit(""))
    for name, cut in TIERS.items():
        tier = tier.when(col("total") >= cut).then(lit(name))
    keys = ["total", "staff", "lead_id"] if len(groups) > 1 else ["total", "lead_id"]
    ordered = leads.with_columns(total=total).sort(
        keys, descending=[key != "lead_id" for key in keys], nulls_last=True
    )
    new = [(col(name) / 100).alias(name) for name in groups]
    return ordered.select((col("total") / 100).alias("score"), tier.alias("tier"), *new, *own).collect()


def write(leads: pl.DataFrame, out: Path, suffix: str) -> None:
    """The ranked file and one per tier."""
    (out / "tiers").mkdir(parents=True, exist_ok=True)
    parts = {tier: leads.filter(col("tier") == tier) for tier in TIERS}
    for name, part in {"ranked": leads, **{f"tiers/{tier}": part for tier, part in parts.items()}}.items():
        if suffix == ".parquet":
            part.write_parquet(out / f"{name}{suffix}")
        else:
            part.write_csv(out / f"{name}{suffix}")


if __name__ == "__main__":
    main()
