"""make_signals: write the two small samples with columns that leads.csv has not, the same bytes on every run.

Run ``python tests/make_signals.py``. Both are made up and hold no names, addresses or numbers of anybody:
signals.csv has answers, counts and dates for the configs that need them, account_engagement.csv the
activity counts of a marketing tool. The last day in them is 2026-06-30.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from random import Random

FOLDER = Path(__file__).resolve().parent.parent / "sample_data"
LAST_DAY = date(2026, 6, 30)
LEAD_COUNT = 150

Lead = dict[str, str]

# Column -> its cells, a bar between them; one that stands twice is twice as frequent.
ANSWERS = {
    "title": "CEO|Head of Marketing|Sales Director|Marketing Manager|Project Manager|IT Specialist|Analyst"
    "|Student|Apprentice Clerk|",
    "department": "Marketing|Marketing|Sales|IT|Finance|Human Resources|",
    "industry": "Software|Software|Manufacturing|Retail|Education|Public sector|",
    "company_type": "Agency|Agency|Software house|Manufacturer|Retailer|Public body|",
    "employees": "3|8|10|24|49|50|120|249|250|900|4000|",
    "state": "Colorado|Colorado|Texas|Utah|Ohio|Maine|",
    "buying_time": "buy soon|this year|this year|just looking|just looking|",
    "status": "open|open|open|open|open|lost interest|uses another solution|",
    "newsletter": "yes|yes|no|",
    "opted_out": "no|no|no|no|no|no|yes|",
    "form_check": "ok|ok|ok|ok|ok|ok|ok|ok|bot|",
    "phone_check": "reached|reached|not tried|unreachable|",
}
COUNTS = {  # column -> the most there may be
    "forms": 2, "consult_forms": 1, "downloads": 3, "visits": 8, "visits_change": 4, "seconds": 3200,
    "mails_opened": 9, "social": 4, "product_pages": 6, "key_pages": 5, "careers_pages": 2,
    "returns_pages": 1,
}  # fmt: skip
DATES = ("last_open", "last_visit", "last_form", "last_download", "last_demo")
ACTIVITIES = {  # column -> the most there may be
    "page_views": 60, "visitor_sessions": 9, "custom_redirect_clicks": 4, "file_accesses": 4,
    "site_searches": 3, "form_successes": 2, "form_handler_successes": 1, "landing_page_successes": 1,
    "form_errors": 2, "form_handler_errors": 1, "landing_page_errors": 1, "chats": 1, "emails_opened": 12,
    "opportunities_created": 1, "opportunities_won": 1, "opportunities_lost": 1,
}  # fmt: skip


def make_count(random: Random, most: int) -> str:
    """Small numbers more often than large ones, now and then none known."""
    return "" if random.random() < 0.05 else str(round(most * random.random() ** 1.6))


def make_day(random: Random) -> str:
    """A day of the last ten months, recent ones more often; empty where it never happened."""
    return (LAST_DAY - timedelta(days=int(300 * random.random() ** 2))).isoformat()


def make_signals(random: Random, number: int) -> Lead:
    lead = {"lead_id": f"S{number:03d}"}
    lead |= {name: random.choice(cells.split("|")) for name, cells in ANSWERS.items()}
    lead |= {name: make_count(random, most) for name, most in COUNTS.items()}
    if lead["visits_change"]:  # may fall as well
        lead["visits_change"] = str(int(lead["visits_change"]) - 2)
    if number % 12 == 5:  # looked for work, or for where to send a parcel back, and for nothing else
        lead |= {"product_pages": "0", "careers_pages": "1"}
    lead |= {name: make_day(random) if random.random() < 0.6 else "" for name in DATES}
    return lead | make_purchases(random)


def make_purchases(random: Random) -> Lead:
    """One lead in three is a customer."""
    if random.random() < 0.67:
        return {"purchases": "0", "last_purchase": "", "contract_end": "", "support_contacts": ""}
    end = LAST_DAY + timedelta(days=random.randrange(-30, 300))
    return {
        "purchases": str(random.randrange(1, 6)),
        "last_purchase": make_day(random),
        "contract_end": end.isoformat(),
        "support_contacts": make_count(random, 6),
    }


def make_activities(random: Random, number: int) -> Lead:
    lead = {"prospect_id": str(900000 + number)}
    lead |= {name: make_count(random, most) for name, most in ACTIVITIES.items()}
    if lead["opportunities_created"] != "1":
        lead |= {"opportunities_won": "0", "opportunities_lost": "0"}
    elif lead["opportunities_won"] == "1":
        lead["opportunities_lost"] = "0"
    return lead


def write_csv(leads: list[Lead]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, leads[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(leads)
    return text.getvalue().encode()


def make_samples() -> dict[str, bytes]:
    """File name -> its bytes: UTF-8, commas, LF."""
    random = Random(20260630)
    signals = [make_signals(random, number) for number in range(LEAD_COUNT)]
    activities = [make_activities(random, number) for number in range(LEAD_COUNT)]
    return {"signals.csv": write_csv(signals), "account_engagement.csv": write_csv(activities)}


if __name__ == "__main__":
    for name, content in make_samples().items():
        (FOLDER / name).write_bytes(content)
