"""row_by_row: model.yml as a script with a loop over the leads, without any library but for Parquet.

python -m tests.benchmarks.peers.row_by_row EXPORT OUT
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

Lead = dict[str, str]
Scored = tuple[int, float, Lead]
"""Points, employees, and the lead with its new columns."""

AS_OF = date(2026, 6, 30)
TIERS = {"SQL": 6000, "MQL": 4000, "Nurture": 1500, "Cold": 0}
JUNIOR, CHIEF, HEAD, MANAGER, SELLS, RUNS = (
    re.compile(rf"\b(?:{words})\b")
    for words in (
        "student|intern|trainee",
        "ceo|cto|chief|vp|vice president",
        "director|head",
        "manager",
        "sales|marketing",
        "it|operations",
    )
)
INDUSTRY = {"software": 1000, "finance": 750, "manufacturing": 400}
SOURCE = {"referral": 800, "partner": 650, "webinar": 300, "list purchase": -400}
SIZE = {5000: 500, 1000: 1000, 250: 1200, 50: 800, 10: 300}
BUDGET = {100_000: 700, 20_000: 425, 5_000: 200}
FREE = {"gmail.com", "yahoo.com", "hotmail.com", "outlook.com"}
COUNTS = {
    "demo_requests": (1500, 3000),
    "form_fills": (500, 1500),
    "visits": (200, 1600),
    "pages": (25, 500),
    "emails_opened": (50, 500),
}


def main() -> None:
    """The whole job: read, score, rank, write the ranked file and one per tier."""
    export, out = map(Path, sys.argv[1:])
    scored = [score(lead) for lead in read_leads(export) if lead["unsubscribed"].lower() != "true"]
    scored.sort(key=lambda each: (-each[0], -each[1], each[2]["lead_id"]))
    leads = [lead for _, _, lead in scored]
    (out / "tiers").mkdir(parents=True, exist_ok=True)
    write(leads, out / f"ranked{export.suffix}")
    for tier in TIERS:
        write([lead for lead in leads if lead["tier"] == tier], out / "tiers" / f"{tier}{export.suffix}")


def read_leads(path: Path) -> Iterator[Lead]:
    """The leads one by one."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        for batch in pq.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
    else:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def score(lead: Lead) -> Scored:
    """The lead with score, tier and groups in front."""
    numbers = {name: number(lead[name]) for name in COUNTS}
    quiet, age = (
        days_since(lead["Last Activity Date"], "%d/%m/%Y"),
        days_since(lead["created_date"], "%Y-%m-%d"),
    )
    staff = number(lead["Employees"])
    groups = {
        "fit": fit(lead, staff),
        "engagement": engagement(numbers, quiet),
        "timing": timing(numbers, quiet, age),
        "doubts": doubts(lead, numbers, quiet, age),
    }
    points = max(0, min(10_000, sum(groups.values())))
    tier = next(name for name, cut in TIERS.items() if points >= cut)
    new = {
        "score": str(points / 100),
        "tier": tier,
        **{name: str(part / 100) for name, part in groups.items()},
    }
    return points, -math.inf if staff is None else staff, {**new, **lead}


def fit(lead: Lead, staff: float | None) -> int:
    """What the lead is."""
    points = seniority(lead["job_title"].lower())
    points += INDUSTRY.get(lead["industry"].lower(), 0) + SOURCE.get(lead["source"].lower(), 0)
    points += banded(staff, SIZE, missing=-100)
    nation, money = lead["country"].lower(), number(lead["budget"])
    points += banded(money, BUDGET)
    if nation in ("us", "gb", "ca", "de", "fr", "no"):
        points += 400
    if nation in ("us", "gb", "de") and money is not None and money >= 10_000:
        points += 500
    return min(5000, points)


def seniority(title: str) -> int:
    """What the title says of rank and department."""
    points = 0
    if SELLS.search(title):
        points = 600
    elif RUNS.search(title):
        points = 250
    if not title:
        return points
    for words, given in ((JUNIOR, -1500), (CHIEF, 1800), (HEAD, 1400), (MANAGER, 800)):
        if words.search(title):
            return points + given
    return points + 200


def engagement(numbers: Mapping[str, float | None], quiet: int | None) -> int:
    """What the lead did, faded."""
    points = sum(min(cap, int(each * (numbers[name] or 0))) for name, (each, cap) in COUNTS.items())
    if (numbers["visits"] or 0) >= 3 and (numbers["form_fills"] or 0) >= 1:
        points += 400
    return min(4500, faded(points, quiet, 60))


def timing(numbers: Mapping[str, float | None], quiet: int | None, age: int | None) -> int:
    """When it was."""
    points = banded(quiet, {31: 0, 8: 400, 0: 800})
    if age is not None and 0 <= age <= 60:
        points += faded(600, age, 21)
    return points + faded(min(700, int(35 * (numbers["pages"] or 0))), quiet, 14)


def doubts(lead: Lead, numbers: Mapping[str, float | None], quiet: int | None, age: int | None) -> int:
    """What speaks against it."""
    visits, opened = numbers["visits"], numbers["emails_opened"]
    points = banded(quiet, {180: -1200, 120: -800, 60: -400}, missing=-200)
    if lead["email"].rpartition("@")[2].lower() in FREE:
        points -= 450
    if [lead["job_title"], lead["company"], lead["phone"]].count("") >= 2:
        points -= 600
    if lead["source"].lower() == "list purchase" and visits is not None and visits <= 0:
        points -= 800
    if not lead["owner"] and age is not None and age > 90:
        points -= 125
    if opened is not None and opened >= 4 and visits is not None and visits <= 1:
        points -= 200
    return max(-2000, points)


def number(text: str) -> float | None:
    """The number that is written, or None."""
    try:
        return float(text)
    except ValueError:
        return None


def days_since(text: str, form: str) -> int | None:
    """Whole days from a date to the day scored for, or None."""
    return (AS_OF - datetime.strptime(text, form).date()).days if text else None  # noqa: DTZ007


def banded(value: float | None, bands: Mapping[int, int], missing: int = 0) -> int:
    """The points of the highest band that the number reaches."""
    if value is None:
        return missing
    return next((points for bound, points in bands.items() if value >= bound), 0)


def faded(points: int, age: int | None, half_life: int) -> int:
    """What is left of points, a half away from zero; nothing where the age is unknown."""
    return 0 if age is None else math.floor(points * 2.0 ** (-max(age, 0) / half_life) + 0.5)


def write(leads: list[Lead], path: Path) -> None:
    """The leads in the format the name ends with."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(leads), path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(leads[0] if leads else [])
        writer.writerows(lead.values() for lead in leads)


if __name__ == "__main__":
    main()
