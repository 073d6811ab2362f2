"""test_sample_data: the sample is what its script writes, and nobody in it can be written to or called."""

import csv
import re

import pytest

from tests.make_sample_data import COLUMNS, SAMPLE, Lead, make_sample

RESERVED = (".example", ".test")
FREE = {"gmail.com", "yahoo.com"}
DISPOSABLE = {"mailinator.com"}
# Free for films and books by their regulators, or with an area code of noughts that no carrier hands out.
UNASSIGNED = re.compile(
    r"\(\d{3}\) 555-01\d\d|\+1 \d{3} 555 01\d\d|\+44 20 7946 0\d{3}|\+49 30 23125 \d{3}"
    r"|\+33 1 99 00 \d\d \d\d|\+\d{2,3} (00|000|00000) [\d ]+"
)


@pytest.fixture(scope="module")
def leads() -> list[Lead]:
    with SAMPLE.open(encoding="utf-8", newline="") as sample:
        return list(csv.DictReader(sample))


def test_writing_the_sample_again_gives_the_same_bytes() -> None:
    assert make_sample() == SAMPLE.read_bytes()


def test_there_are_about_500_leads_each_with_an_id_of_its_own(leads: list[Lead]) -> None:
    assert 450 <= len(leads) <= 550
    assert len({lead["lead_id"] for lead in leads}) == len(leads)
    assert all(list(lead) == COLUMNS for lead in leads)


def test_no_address_can_reach_anybody(leads: list[Lead]) -> None:
    for lead in leads:
        local, _, domain = lead["email"].rpartition("@")
        # gmail.com and yahoo.com take no hyphen before the @, so nobody has these addresses.
        made_up = domain in FREE | DISPOSABLE and local.startswith("made-up-")
        assert lead["email"] == "" or domain.endswith(RESERVED) or made_up, lead["lead_id"]


def test_no_domain_is_written_anywhere_else(leads: list[Lead]) -> None:
    cells = [cell for lead in leads for name, cell in lead.items() if name not in {"email", "company"}]
    domains = {domain for cell in cells for domain in re.findall(r"[\w-]+\.[a-z]{2,}", cell)}
    assert all(domain.endswith(RESERVED) for domain in domains)


def test_no_phone_rings_anywhere(leads: list[Lead]) -> None:
    phones = [lead["phone"] for lead in leads if lead["phone"]]
    assert [phone for phone in phones if not UNASSIGNED.fullmatch(phone)] == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("lead_id", "12E5"),
        ("lead_id", "90071992547409930001"),
        ("last_name", "Null"),
        ("last_name", "NA"),
        ("country", "NO"),
        ("country", "NA"),
        ("Employees", "N/A"),
        ("job_title", "International Sales"),
        ("job_title", "مدير فروش"),
        ("job_title", "مدیر فروش"),
        ("notes", "@SUM(1+1)*cmd"),
    ],
)
def test_the_cells_that_trip_other_tools_are_there(leads: list[Lead], column: str, cell: str) -> None:
    assert cell in {lead[column] for lead in leads}


def test_every_shape_of_cell_is_there(leads: list[Lead]) -> None:
    cells = [cell for lead in leads for cell in lead.values()]
    assert any(lead["lead_id"].startswith("0") for lead in leads)
    for mark in (",", "\n", '"', "="):
        assert any(mark in cell for cell in cells)
    assert any(sum(map(bool, lead.values())) <= 6 for lead in leads)
    assert {lead["converted"] for lead in leads} == {"1", "0", "Yes", "No", ""}


def test_cells_of_number_columns_are_numbers(leads: list[Lead]) -> None:
    number = re.compile(r"\d+(\.\d+)?|")
    for name in ("budget", "visits", "pages", "emails_opened", "form_fills", "demo_requests"):
        assert all(number.fullmatch(lead[name]) for lead in leads), name
    assert all(number.fullmatch(lead["Employees"].removeprefix("N/A")) for lead in leads)
