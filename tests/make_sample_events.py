"""make_sample_events: writes sample_data/events.csv, an activity log for sample_data/leads.csv.

    python tests/make_sample_events.py

The lead's own counts (visits, mails opened, forms, demo requests) are spread over the days before its last
activity, with a few purchases, one scanner that opens every mail forty times in a minute, some events of
leads that were deleted, and some dated after 2026-06-30. The same numbers give the same bytes.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "sample_data"
HEADER = ("lead_id", "event", "time", "value")
COUNTS = {"visits": "visit", "emails_opened": "open", "form_fills": "form", "demo_requests": "demo_request"}
PRODUCTS = ("crm", "mail", "voice")
AS_OF = date(2026, 6, 30)
Row = tuple[str, str, str, str]


def make_events(leads: list[dict[str, str]], dice: random.Random) -> Iterator[Row]:
    """Every activity of every lead, in no order of time."""
    for lead in leads:
        written = lead["Last Activity Date"]
        last = datetime.strptime(written, "%d/%m/%Y").date() if written else AS_OF - timedelta(days=200)  # noqa: DTZ007
        for column, event in COUNTS.items():
            for number in range(int(lead[column] or 0)):
                yield _event(lead["lead_id"], event, last, 0 if number == 0 else dice.randrange(120), dice)
        if lead["converted"] in ("1", "Yes") and dice.random() < 0.5:
            yield (
                *_event(lead["lead_id"], "purchase", last, 0, dice)[:3],
                f"{dice.randrange(500, 90_000) / 100:.2f}",
            )
        for product in dice.sample(PRODUCTS, 2):
            for number in range(min(int(lead["pages"] or 0) // 6, 5)):
                yield _event(lead["lead_id"], f"page {product}", last, number, dice)
        if lead["demo_requests"] not in ("", "0"):
            yield _event(lead["lead_id"], f"demo {dice.choice(PRODUCTS)}", last, 0, dice)
    scanned = leads[7]["lead_id"]
    yield from (_event(scanned, "open", AS_OF, 5, dice) for _ in range(40))
    yield from (_event(f"deleted-{number}", "visit", AS_OF, number, dice) for number in range(12))
    yield from (_event(leads[number]["lead_id"], "visit", AS_OF, -number, dice) for number in range(1, 9))


def _event(lead: str, event: str, last: date, days_before: int, dice: random.Random) -> Row:
    moment = datetime.combine(
        last - timedelta(days=days_before), time(dice.randrange(7, 20), dice.randrange(60))
    )
    return lead, event, moment.isoformat(sep=" ", timespec="minutes"), ""


def write_events(path: Path) -> None:
    """The log, in the order a CRM writes it: by time."""
    with (FOLDER / "leads.csv").open(encoding="utf-8", newline="") as file:
        leads = list(csv.DictReader(file))
    rows = sorted(
        make_events(leads, random.Random(20260630)), key=lambda row: (row[2], row[0], row[1], row[3])
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])


if __name__ == "__main__":
    write_events(FOLDER / "events.csv")
