"""plain_pandas: model.yml and events.yml as one would write them in a notebook.

python -m tests.benchmarks.peers.plain_pandas EXPORT OUT [--events LOG]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp("2026-06-30")
TIERS = ["SQL", "MQL", "Nurture", "Cold"]
CUTS = [6000, 4000, 1500]
FREE = ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com"]


def main() -> None:
    """The whole job: read, score, rank, write the ranked file and one per tier."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("export", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--events", type=Path)
    given = arguments.parse_args()
    leads = read_leads(given.export)
    if given.events is None:
        leads = leads[leads["unsubscribed"].str.lower() != "true"]
        groups = pd.DataFrame(
            {"fit": fit(leads), **dict(zip(["engagement", "timing"], activity(leads), strict=True))}
        )
        groups["doubts"] = doubts(leads)
        points = groups.sum(axis=1).clip(0, 10_000)
    else:
        activities = sum_events(given.events).reindex(leads["lead_id"]).fillna(0)
        groups = pd.DataFrame({"activity": activities.set_axis(leads.index)})
        points = groups["activity"]
    write(rank(leads, groups, points), given.out, given.export.suffix)


def read_leads(path: Path) -> pd.DataFrame:
    """The export, every column as text."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def fit(leads: pd.DataFrame) -> pd.Series:
    """What the lead is."""
    title = leads["job_title"].str.lower()
    nation = leads["country"].str.lower()
    money = number(leads["budget"])
    seniority = np.select(
        [
            title == "",
            has_word(title, "student|intern|trainee"),
            has_word(title, "ceo|cto|chief|vp|vice president"),
            has_word(title, "director|head"),
            has_word(title, "manager"),
        ],
        [0, -1500, 1800, 1400, 800],
        200,
    )
    department = np.select(
        [has_word(title, "sales|marketing"), has_word(title, "it|operations")], [600, 250], 0
    )
    industry = {"software": 1000, "finance": 750, "manufacturing": 400}
    source = {"referral": 800, "partner": 650, "webinar": 300, "list purchase": -400}
    size = {5000: 500, 1000: 1000, 250: 1200, 50: 800, 10: 300}
    points = (
        leads["industry"].str.lower().map(industry).fillna(0)
        + leads["source"].str.lower().map(source).fillna(0)
        + banded(number(leads["Employees"]), size, missing=-100)
        + banded(money, {100_000: 700, 20_000: 425, 5_000: 200})
        + nation.isin(["us", "gb", "ca", "de", "fr", "no"]) * 400
        + (nation.isin(["us", "gb", "de"]) & (money >= 10_000)) * 500
    )
    total: pd.Series = points + seniority + department
    return total.clip(upper=5000)


def activity(leads: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """What the lead did, faded, and when."""
    quiet, age = days_since(leads["Last Activity Date"], "%d/%m/%Y"), days_since(leads["created_date"])
    visits, forms, pages = (number(leads[name]) for name in ("visits", "form_fills", "pages"))
    earned = (
        counted(number(leads["demo_requests"]), 1500, 3000)
        + counted(forms, 500, 1500)
        + counted(visits, 200, 1600)
        + counted(pages, 25, 500)
        + counted(number(leads["emails_opened"]), 50, 500)
        + ((visits >= 3) & (forms >= 1)) * 400
    )
    new = age.between(0, 60) * 600
    timing = banded(quiet, {31: 0, 8: 400, 0: 800}) + faded(new, age, 21)
    return faded(earned, quiet, 60).clip(upper=4500), timing + faded(counted(pages, 35, 700), quiet, 14)


def doubts(leads: pd.DataFrame) -> pd.Series:
    """What speaks against it."""
    quiet, age = days_since(leads["Last Activity Date"], "%d/%m/%Y"), days_since(leads["created_date"])
    visits, opened = number(leads["visits"]), number(leads["emails_opened"])
    unknown = (leads[["job_title", "company", "phone"]] == "").sum(axis=1)
    points = (
        banded(quiet, {180: -1200, 120: -800, 60: -400}, missing=-200)
        - leads["email"].str.split("@").str[-1].str.lower().isin(FREE) * 450
        - (unknown >= 2) * 600
        - ((leads["source"].str.lower() == "list purchase") & (visits <= 0)) * 800
        - ((leads["owner"] == "") & (age > 90)) * 125
        - ((opened >= 4) & (visits <= 1)) * 200
    )
    return points.clip(lower=-2000)


def has_word(texts: pd.Series, words: str) -> pd.Series:
    """Whether one of the words stands in it."""
    return texts.str.contains(rf"\b(?:{words})\b", regex=True)


def number(texts: pd.Series) -> pd.Series:
    """The number that is written, or NaN."""
    return pd.to_numeric(texts, errors="coerce")


def days_since(texts: pd.Series, form: str = "%Y-%m-%d") -> pd.Series:
    """Whole days from a date to the day scored for."""
    return (AS_OF - pd.to_datetime(texts, format=form, errors="coerce")).dt.days


def banded(numbers: pd.Series, bands: dict[int, int], missing: int = 0) -> pd.Series:
    """The points of the highest band that the number reaches."""
    reached = [numbers.isna(), *(numbers >= bound for bound in bands)]
    return pd.Series(np.select(reached, [missing, *bands.values()], 0), index=numbers.index)


def counted(numbers: pd.Series, each: int, cap: int) -> pd.Series:
    """So many points each, at most the cap."""
    return (numbers.fillna(0) * each).clip(upper=cap)


def faded(points: pd.Series, age: pd.Series, half_life: int) -> pd.Series:
    """What is left of points, a half away from zero; nothing where the age is unknown."""
    left: pd.Series = np.floor(points * 2.0 ** (-age.clip(lower=0) / half_life) + 0.5)
    return left.fillna(0)


def sum_events(path: Path) -> pd.Series:
    """Points per lead of events.yml, in hundredths."""
    log = pd.read_csv(
        path, dtype={"lead_id": "str", "event": "category", "value": "float64"}, parse_dates=["time"]
    )
    log["age"] = (AS_OF - log["time"]).dt.days
    demos = log[(log["event"] == "demo_request") & (log["age"] <= 90)]
    mails = log[log["event"].isin(["open", "click"])]
    bought = log[log["event"] == "purchase"]
    visits = log[log["event"] == "visit"].groupby(["lead_id", "age"]).size().clip(upper=2) * 100
    parts = [
        np.floor(3000 * 2.0 ** (-demos["age"] / 10) + 0.5).groupby(demos["lead_id"]).sum().clip(upper=4000),
        visits.groupby("lead_id").sum().clip(upper=2000),
        np.floor(100 * 2.0 ** (-mails["age"] / 14) + 0.5).groupby(mails["lead_id"]).sum().clip(upper=2000),
        (bought["value"].fillna(0) * 100).round().groupby(bought["lead_id"]).sum().clip(upper=5000),
        (log.groupby("lead_id")["age"].min() <= 10) * 300,
    ]
    points: pd.Series = pd.concat(parts, axis=1).fillna(0).sum(axis=1)
    return points


def rank(leads: pd.DataFrame, groups: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """The leads with score, tier and groups in front, best first."""
    keys = pd.DataFrame({"points": points, "staff": 0.0, "id": leads["lead_id"]})
    if len(groups.columns) > 1:
        keys["staff"] = number(leads["Employees"])
    order = keys.sort_values(["points", "staff", "id"], ascending=[False, False, True]).index
    tier = np.select([points >= cut for cut in CUTS], TIERS[:-1], TIERS[-1])
    new = pd.DataFrame({"score": points / 100, "tier": tier, **(groups / 100)}, index=leads.index)
    return pd.concat([new, leads], axis=1).loc[order]


def write(leads: pd.DataFrame, out: Path, suffix: str) -> None:
    """The ranked file and one per tier."""
    (out / "tiers").mkdir(parents=True, exist_ok=True)
    parts = {f"tiers/{tier}": leads[leads["tier"] == tier] for tier in TIERS}
    for name, part in {"ranked": leads, **parts}.items():
        if suffix == ".parquet":
            part.to_parquet(out / f"{name}{suffix}", index=False)
        else:
            part.to_csv(out / f"{name}{suffix}", index=False)


if __name__ == "__main__":
    main()
