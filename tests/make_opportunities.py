"""make_opportunities: write sample_data/opportunities.csv, 80 made-up deals, the same bytes on every run.

Run ``python -m tests.make_opportunities``. There are no people or companies in it: for the configs that need
a stage, a deal size and the days to a decision. Some cells are empty, as they are in a CRM.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data" / "opportunities.csv"
COLUMNS = (
    *("deal_id", "segment", "stage", "deal_size", "days_to_decision"),
    *("repeat_orders", "meetings", "champion", "owner"),
)
SIZES = {"Enterprise": 80_000, "Mid-market": 25_000, "Small business": 6_000, "": 10_000}
STAGES = ["Qualified", "Qualified", "Demo given", "Proposal", "Negotiation", "On hold", ""]


def make_deal(random: Random, number: int) -> dict[str, str]:
    segment = random.choice([*SIZES, "Mid-market", "Small business"])
    size = round(SIZES[segment] * (0.2 + random.random()) / 50) * 50
    return {
        "deal_id": f"D{number:03d}",
        "segment": segment,
        "stage": random.choice(STAGES),
        "deal_size": "" if random.random() < 0.08 else str(size),
        "days_to_decision": "" if random.random() < 0.1 else str(random.randrange(0, 181)),
        "repeat_orders": "" if random.random() < 0.1 else str(random.randrange(0, 6)),
        "meetings": str(round(5 * random.random() ** 1.5)),
        "champion": random.choice(["yes", "yes", "no", "no", "no", ""]),
        "owner": random.choice(["Team North", "Team South"]),
    }


def make_opportunities() -> bytes:
    """The file: UTF-8, commas, LF."""
    random = Random(20260630)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(make_deal(random, number) for number in range(1, 81))
    return text.getvalue().encode()


if __name__ == "__main__":
    SAMPLE.write_bytes(make_opportunities())
