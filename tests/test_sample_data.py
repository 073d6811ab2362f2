"""test_sample_data: samples are what their scripts write, and nobody in them can be written to or called."""

import csv
import re

import pytest

from tests.make_crm_samples import FOLDER, make_crm_samples
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


# The exports of CRMs


CRM_SAMPLES = make_crm_samples()
every_crm_sample = pytest.mark.parametrize("name", CRM_SAMPLES)


def test_the_folder_of_crm_samples_holds_what_its_script_writes_and_nothing_else() -> None:
    found = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*.csv")}
    assert found == CRM_SAMPLES


@every_crm_sample
def test_a_crm_sample_is_small(name: str) -> None:
    assert len(CRM_SAMPLES[name]) < 20_000


@every_crm_sample
def test_nobody_in_a_crm_sample_can_be_reached(name: str) -> None:
    text = CRM_SAMPLES[name].decode().translate({0x06F0 + digit: str(digit) for digit in range(10)})
    addresses = re.findall(r"[\w.-]+@[\w.-]+", text)
    assert all(address.endswith(RESERVED) for address in addresses)
    phones = re.findall(r"\+[\d ()-]{7,}", text)
    assert [phone for phone in phones if not UNASSIGNED.fullmatch(phone.strip())] == []
    assert name in {"google_analytics.csv", "clearbit.csv", "hubspot_deals.csv"} or addresses


@pytest.mark.parametrize(
    ("name", "quirk"),
    [
        ("hubspot.csv", '"Decision Maker;Champion"'),
        ("hubspot.csv", '"90071992547409000001"'),
        ("hubspot_deals.csv", '"Date entered ""Proposal (Sales Pipeline)"""'),
        ("hubspot_deals.csv", '"8005;9005"'),
        ("salesforce_report.csv", '"1 Elm Street\nFloor 1"'),
        ("salesforce_report.csv", '\n\n"Leads by Owner"\n"Copyright'),
        ("salesforce_report.csv", '"00Q5e00000AbCdE"'),
        ("salesforce_report.csv", '"00Q5e00000aBcDe"'),
        ("salesforce_report.csv", '"01097"'),
        ("salesforce_objects.csv", ".000Z"),
        ("marketo.csv", ",-"),
        ("mailchimp/subscribed_members_export_3f2a9c.csv", "\ufeffEmail Address,"),
        ("mailchimp/subscribed_members_export_3f2a9c.csv", '"""VIP"",""Blog"""'),
        (
            "mailchimp/unsubscribed_members_export_3f2a9c.csv",
            "UNSUB_REASON,UNSUB_REASON_OTHER,UNSUB_CAMPAIGN_ID,UNSUB_REASON,",
        ),
        ("mailchimp/cleaned_members_export_3f2a9c.csv", "CLEAN_TIME"),
        ("mailchimp/unsubscribed_members_export_3f2a9c.csv", "Indie\\, Folk"),
        ("zoho.csv", "zcrm_"),
        ("pipedrive_persons.csv", ".example, info."),
        ("pipedrive_deals.csv", ",Lost,"),
        ("odoo.csv", "\"'+1 "),
        ("odoo.csv", '"\'=1+1"\r\n'),
        ("google_analytics.csv", "# Start date: 20260101\n"),
        ("google_analytics.csv", ",Grand total\n"),
        ("google_analytics.csv", "\n\nLanding page,"),
        ("clearbit.csv", "11-50,$1M-$10M"),
        ("generic_persian.csv", "۴۰۰۱۳"),
    ],
)
def test_what_makes_a_crm_export_hard_to_read_is_there(name: str, quirk: str) -> None:
    assert quirk in CRM_SAMPLES[name].decode()
