"""make_crm_samples: write sample_data/crm, a small export of each CRM, the same bytes on every run.

Run ``python -m tests.make_crm_samples``. All files are about the same made-up people, so one config can be
tried on all of them. Nobody exists: names and companies are invented, addresses use reserved domains
(RFC 2606), phone numbers the range kept free for films (555-01xx). The last day is 2026-06-30.
Longer than other files because the headers of fifteen CRMs are written out in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.make_sample_data import PLACES, make_companies, one_of, pick

FOLDER = Path(__file__).resolve().parent.parent / "sample_data" / "crm"
LAST_DAY = datetime(2026, 6, 30, 17, 45)  # noqa: DTZ001 (a time as a CRM writes it, without a zone)
PERSON_COUNT = 36

Person = dict[str, str]
"""A cell of every kind that some CRM writes, by the name that the tables of columns below use."""

# A column is header=cell, or a header alone where the column stays empty in the sample.
HUBSPOT = """Record ID=long_id|First Name=first|Last Name=last|Email=mail|Phone Number=phone
|Mobile Phone Number=mobile|Contact owner=owner|Lead Status=hubspot_status|Lifecycle Stage=hubspot_stage
|Create Date=created_minute|Last Activity Date=seen_minute|Company Name=company|Associated Company=company
|Associated Company IDs=company_ids|Associated Deals=deal_name|Associated Deal IDs=deal_id
|Number of Associated Deals=one|Job Title=title|Annual Revenue=revenue|Total Revenue|Industry=industry
|Country/Region=country|State/Region=state|City=city|Website URL=website|HubSpot Score
|Original Source=hubspot_source|Original Source Drill-Down 1=campaign|Original Source Drill-Down 2
|Record source=record_source|First Conversion|First Page Seen=landing|Last Page Seen
|Date of last meeting booked in meetings tool|Buying Role=roles|Message=note"""
HUBSPOT_DEALS = """Record ID=deal_id|Deal Name=deal_name|Pipeline=pipeline|Deal Stage=deal_stage
|Amount=amount|Close Date=closed_minute|Create Date=created_minute|Deal owner=owner|Deal Type=deal_type
|Closed Lost Reason=lost_reason|Original Traffic Source=hubspot_source|Record source=record_source
|Date entered "Proposal (Sales Pipeline)"=seen_minute|Associated Contact=full
|Associated Contact IDs=contact_ids"""
SALESFORCE_REPORT = """Salutation|First Name=first|Last Name=last|Title=title|Company / Account=company
|Email=mail|Phone=phone|Mobile=mobile|Street=street_lines|City=city|State/Province=state
|Zip/Postal Code=zip|Country=country|Lead Source=source|Lead Status=salesforce_status|Rating=rating
|Industry=industry|Annual Revenue=revenue_grouped|No. of Employees=employees_grouped|Lead Owner=owner
|Lead ID=short_id|Converted=won_digit|Created Date=created_day|Last Activity=seen_day
|Email Opt Out=out_digit|Do Not Call=zero|Unread=zero"""
SALESFORCE_OBJECTS = """Id=id18|IsDeleted=no|LastName=last|FirstName=first|Salutation|Name=full
|Title=title|Company=company|Street=street|City=city|State=state|PostalCode=zip|Country=country
|Phone=phone|MobilePhone=mobile|Email=mail|Website=website|Description=note|LeadSource=source
|Status=salesforce_status|Industry=industry|Rating=rating|AnnualRevenue=revenue
|NumberOfEmployees=employees|OwnerId=owner_id|HasOptedOutOfEmail=out|IsConverted=won|ConvertedDate=won_day
|ConvertedOpportunityId|IsUnreadByOwner=no|CreatedDate=created_zone|LastModifiedDate=seen_zone
|SystemModstamp=seen_zone|LastActivityDate=seen_day|DoNotCall=no|EmailBouncedReason|EmailBouncedDate"""
ACCOUNT_ENGAGEMENT = """First Name=first|Last Name=last|Email=mail|Company=company|Job Title=title
|Score=score|Grade=grade|Source=source|Campaign=campaign|Created Date=created_second
|Last Activity At=seen_second|Opted Out=out|Do Not Email=out"""
MARKETO = """First Name=first|Middle Name|Last Name=last|Full Name=full|Email Address=mail
|Email Invalid=no|Email Invalid Cause|Email Suspended=no|Company Name=company|Job Title=title|Department
|Role|Industry=industry|Annual Revenue=revenue|Num Employees=employees|SIC Code|Main Phone=phone
|Phone Number=phone|Mobile Phone Number=mobile|Address=street|City=city|State=state|Postal Code=zip
|Country=country|Inferred Company=company|Inferred City=city|Inferred State Region
|Inferred Country=country|Inferred Postal Code|Inferred Metropolitan Area|Inferred Phone Area Code
|Person Score=marketo_score|Person Status=salesforce_status|Lead Rating=rating|Person Source=source
|Lead Owner First Name|Lead Owner Last Name|Lead Owner Email Address=owner_mail|Lead Owner Job Title
|Lead Owner Phone Number|Lead Partition Name=partition|Acquisition Date=created_day
|Acquisition Program Name=campaign|Original Source Type=record_source|Original Source Info
|Original Referrer|Original Search Engine|Original Search Phrase|Registration Source Type
|Registration Source Info|Anonymous IP|Black Listed=no|Unsubscribed=out|Unsubscribed Reason
|Marketing Suspended=no|Do Not Call=no|Has Opportunity=won|Number of Opportunities
|Total Opportunity Amount|Total Opportunity Expected Revenue|SFDC Type|SFDC Is Deleted=no
|SFDC Created Date|Created At=created_second|Updated At=seen_second|Behavior Score=score|Demographic Score"""
MAILCHIMP = """Email Address=mail|First Name=first|Last Name=last|Company=company|Favourite music=music
|MEMBER_RATING=stars|OPTIN_TIME=created_second|OPTIN_IP|CONFIRM_TIME=created_second|CONFIRM_IP|LATITUDE
|LONGITUDE|GMTOFF=zone|DSTOFF=zone|TIMEZONE|CC=country|REGION|LAST_CHANGED=seen_second|LEID=short_number
|EUID=hexadecimal|NOTES=note"""
UNSUBSCRIBED = """|UNSUB_TIME=seen_second|UNSUB_CAMPAIGN_TITLE=campaign|UNSUB_CAMPAIGN_ID=short_number
|UNSUB_REASON=reason|UNSUB_REASON_OTHER|UNSUB_CAMPAIGN_ID=short_number|UNSUB_REASON=reason"""
CLEANED = "|CLEAN_TIME=seen_second|CLEAN_CAMPAIGN_TITLE=campaign|CLEAN_CAMPAIGN_ID=short_number"
TAGS = "|TAGS=tag_list"
ZOHO = """Record Id=zoho_id|Lead Owner.id=owner_zoho|Lead Owner=owner|Is Converted=won|Company=company
|First Name=first|Last Name=last|Email=mail|Phone=phone|Mobile=mobile|Lead Source=source
|Lead Status=zoho_status|Created By.id=owner_zoho|Created By=owner|Modified By.id=owner_zoho
|Modified By=owner|Created Time=created_second|Modified Time=seen_second|Lead Name=full|Street=street
|City=city|State=state|Zip Code=zip|Country=country|Email Opt Out=out|Salutation
|Last Activity Time=seen_second|Tag=tags|Days Visited=visits|Average Time Spent (Minutes)=minutes
|Number Of Chats=chats|Most Recent Visit=seen_second|First Visit=created_second|First Page Visited=landing
|Referrer|Visitor Score=score|Data Source=record_source|Middle Name|Converted Date Time=won_second
|Lead Conversion Time|Unsubscribed Mode|Unsubscribed Time|Converted Account.id|Converted Account
|Converted Contact.id|Converted Contact|Converted Deal.id|Converted Deal|Change Log Time|Locked=no
|Last Enriched Time|Enrich Status|Connected To.module|Connected To.id|GCLID|ZCAMPAIGNID|Keyword
|Ad Campaign Name=campaign|Cost per Click|Conversion Export Status"""
PIPEDRIVE_PERSONS = """Person - ID=short_number|Person - Name=full|Person - First name=first
|Person - Last name=last|Person - Email - Work=mails|Person - Email - Home|Person - Email - Other
|Person - Phone - Work=phone|Person - Phone - Home|Person - Phone - Mobile=mobile|Person - Phone - Other
|Person - Organization=company|Person - Labels=labels|Person - Owner=owner
|Person - Marketing status=pipedrive_status|Person - Double opt-in=no_word
|Person - Person created=created_second|Person - Open deals=open_digit|Person - Won deals=won_digit
|Person - Lost deals=lost_digit"""
PIPEDRIVE_DEALS = """Deal - ID=short_number|Deal - Title=deal_name|Deal - Value=amount
|Deal - Currency of Value=currency|Deal - Pipeline=pipeline|Deal - Stage=deal_stage|Deal - Status=outcome
|Deal - Probability=chance|Deal - Owner=owner|Deal - Organization=company|Deal - Contact person=full
|Deal - Expected close date=expected_day|Deal - Won time=won_second|Deal - Lost time=lost_second
|Deal - Lost reason=lost_reason|Deal - Deal created=created_second|Deal - Source channel=source
|Person - ID=short_number|Person - Name=full|Person - Email - Work=mail|Person - Phone - Work=phone"""
ACTIVECAMPAIGN = """Email=mail|First Name=first|Last Name=last|Phone=phone|Tags=tags
|Date Created=created_second|IP|Status=active_status|Account=company|Plan=plan"""
ODOO = """External ID=odoo_id|Opportunity=deal_name|Salesperson=owner|Sales Team=team|Company=own_company
|Customer|Contact Name=full|Company Name=company|Job Position=title|Title|Email=mail|Phone=phone
|Mobile=mobile|Website=website|Street=street|Street2|City=city|State=state|Zip=zip|Country=country
|Language=language|Tags=tags|Type=odoo_type|Priority=priority|Stage=odoo_stage|Active=odoo_active
|Expected Revenue=amount_float|Prorated Revenue|Expected MRR|Probability=chance_float
|Automated Probability=chance_float|Email Quality=quality|Phone Quality=quality|Created on=created_second
|Assignment Date=created_second|Days to Assign|Days to Close|Closed Date=closed_second|Conversion Date
|Expected Closing=expected_day|Last Stage Update=seen_second|Lost Reason=lost_reason|Source=source
|Medium=medium|Campaign=campaign|Referred By=note"""
ODOO_IMPORT = """id=odoo_id|name=deal_name|stage_id/id=stage_xml|email_from=mail|partner_name=company
|function=title|contact_name=full|phone=phone|expected_revenue=amount_float|probability=chance_float
|create_date=created_second"""
ODOO_PERSIAN = """شناسه=odoo_id|فرصت=deal_name|فروشنده=owner|نام تماس=full|نام شرکت=company
|موقعیت شغلی=title|پست الکترونیک=mail|تلفن=phone|کشور=country|مرحله=odoo_stage
|پیشبینی تخمینی درآمد=amount_float|احتمال=chance_float|ایجاد شده در=created_second
|پیشبینی تاریخ قرارداد=expected_day"""
CLEARBIT = """company_domain=website|company_legalName=company|company_category_industry=industry
|company_metrics_employees=employees|company_metrics_employeesRange=employees_range
|company_metrics_estimatedAnnualRevenue=revenue_range|person_name_fullName=full|person_employment_title=title
|person_employment_role=department|person_employment_subRole|person_employment_seniority=seniority"""
KEAP = """Id=short_number|First Name=first|Last Name=last|Company=company|Email=mail|Phone 1=phone
|Tags=tags|Lead Source=source|Owner=owner|Score=score"""
PERSIAN = """شناسه=persian_number|نام=first|نام خانوادگی=last|ایمیل=mail|تلفن همراه=persian_phone
|نام شرکت=company|سمت=title|تعداد کارکنان=persian_employees|شهر=city|کشور=country|منبع=source
|وضعیت=persian_status|تاریخ ایجاد=persian_created|آخرین فعالیت=seen_day|تعداد بازدید=persian_visits
|لغو اشتراک=persian_out|برچسب‌ها=tags"""

CAMPAIGNS = "Spring webinar,Brand search,Partner day,Retargeting"
LANDINGS = "/pricing,/demo,/blog/lead-scoring,/"
SOURCES = {"Referral": 3, "Partner": 3, "Webinar": 4, "Trade show": 2, "Web form": 5, "Paid search": 4}
OF_SOURCE = {"Referral": "Referrals", "Paid search": "Paid Search", "Web form": "Organic Search", "": ""}
EMPLOYEES = {1: "1-10", 11: "11-50", 51: "51-250", 251: "251-1K", 1001: "1K-5K", 5001: "5K-10K"}
REVENUE = {1: "$1M-$10M", 10: "$10M-$50M", 50: "$50M-$100M", 100: "$100M-$1B", 1000: "$1B-$10B"}
OUTCOMES = {"Won": 9, "Lost": 12, "Open": 15}
# What each CRM says of a lead that was won, that was lost and that is still open.
OF_OUTCOME = {
    "hubspot_stage": "Customer,Lead,Marketing Qualified Lead",
    "hubspot_status": "OPEN_DEAL,UNQUALIFIED,IN_PROGRESS",
    "salesforce_status": "Qualified,Unqualified,Working - Contacted",
    "zoho_status": "Converted,Lost Lead,Contacted",
    "deal_stage": "Closed Won,Closed Lost,Proposal",
    "odoo_stage": "Won,Proposition,Qualified",
    "stage_xml": "crm.stage_lead4,crm.stage_lead3,crm.stage_lead2",
    "odoo_active": "True,,True",  # false is an empty cell in an Odoo export
    "chance": "100,0,40",
    "chance_float": "100.0,0.0,40.0",
    "rating": "Hot,Cold,Warm",
    "won": "true,false,false",
    "won_digit": "1,0,0",
    "lost_digit": "0,1,0",
    "open_digit": "0,0,1",
    "lost_reason": ",No budget,",
    "persian_status": "مشتری,از دست رفته,در حال پیگیری",
}
CONSTANTS = {
    "one": "1", "zero": "0", "no": "false", "no_word": "No", "currency": "EUR", "pipeline": "Sales Pipeline",
    "record_source": "Forms", "partition": "Default", "deal_type": "newbusiness", "reason": "NORMAL",
    "zone": "1", "own_company": "Our Own Company", "language": "English (US)", "odoo_type": "Opportunity",
    "medium": "Website", "pipedrive_status": "Subscribed", "priority": "Medium", "quality": "Correct",
    "plan": "Trial", "team": "Europe",
}  # fmt: skip


def make_people() -> list[Person]:
    """The people all files are about; some know little of themselves, as in any CRM."""
    random = Random(20260630)
    companies = make_companies(random)[:18]
    people = []
    for number in range(1, PERSON_COUNT + 1):
        company = random.choice(companies)
        place = PLACES[company.country]
        person = {
            "first": one_of(random, place.first_names),
            "last": one_of(random, place.last_names),
            "title": one_of(random, place.titles),
            "city": one_of(random, place.cities),
            "country": company.country,
            "company": company.name,
            "website": "rival.example" if number == 17 else company.domain,
            "industry": company.industry,
            "employees": str(company.employees),
            "source": pick(random, SOURCES),
            "phone": f"+1 {random.randrange(200, 999)} 555 01{random.randrange(100):02d}",
            "outcome": pick(random, OUTCOMES),
            "score": str(random.randrange(0, 120)),
            "visits": str(random.randrange(0, 15)),
            "number": str(number),
        }
        for name in ("title", "industry", "employees", "source", "phone", "city"):
            person[name] = "" if random.random() < 0.08 else person[name]
        people.append(_with_the_rest(random, number, person))
    return people


def _with_the_rest(random: Random, number: int, person: Person) -> Person:
    """Everything that follows from what a person is."""
    person |= CONSTANTS | _times(random, person["outcome"])
    person |= _numbers(number, person)
    place = list(OUTCOMES).index(person["outcome"])
    person |= {name: words.split(",")[place] for name, words in OF_OUTCOME.items()}
    out = random.random() < 0.1
    mail = f"{random.choice(['sales', 'office', 'hello'])}.{number:03d}@{person['website']}"
    first, last = person["first"], person["last"]
    return person | {
        "full": f"{first} {last}",
        "mail": mail,
        "mails": f"{mail}, info.{number:03d}@{person['website']}" if number % 9 == 0 else mail,
        "mobile": person["phone"] if number % 4 == 0 else "",
        "street": f"{number} Elm Street",
        "street_lines": f"{number} Elm Street\nFloor {number % 5}" if number % 3 else f"{number} Elm Street",
        "zip": f"0{number * 97 % 9000 + 1000}",  # a spreadsheet would drop the nought
        "state": random.choice(["Colorado", "Maine", "Utah"]) if person["country"] == "US" else "",
        "owner": random.choice(["Team North", "Team South"]),
        "campaign": one_of(random, CAMPAIGNS),
        "landing": one_of(random, LANDINGS),
        "hubspot_source": OF_SOURCE.get(person["source"], "Offline Sources"),
        "deal_name": f"{person['company']} pilot",
        "out": str(out).lower(),
        "out_digit": str(int(out)),
        "persian_out": "بله" if out else "خیر",
        "active_status": "Unsubscribed" if out else random.choice(["Active", "Active", "Unconfirmed"]),
        "tags": random.choice(["", "vip", "webinar,vip", "newsletter,trial,webinar"]),
        "tag_list": random.choice(["", '"VIP"', '"VIP","Blog"']),
        "labels": random.choice(["", "Hot lead", "Hot lead, Customer"]),
        "roles": random.choice(["", "Decision Maker", "Decision Maker;Champion"]),
        "music": random.choice(["", "Jazz", "Indie\\, Folk, Rock"]),
        "note": random.choice(
            ["", "", "", "asked for prices, twice", 'said "in autumn"', "- no calls", "=1+1"]
        ),
        "grade": random.choice(["", "A+", "B", "C-", "F"]),
        "department": random.choice(["marketing", "sales", "engineering", ""]),
        "seniority": random.choice(["executive", "manager", ""]),
    }


def _times(random: Random, outcome: str) -> Person:
    """The dates of a lead in the forms CRMs write them; won and lost leads were closed when last seen."""
    created = LAST_DAY - timedelta(minutes=random.randrange(40_000, 250_000))
    seen = created + (LAST_DAY - created) * random.random()
    expected = (seen + timedelta(days=30)).strftime("%Y-%m-%d")
    cells = {"expected_day": expected, "closed_minute": f"{expected} 00:00"}
    moments = [("created", created), ("seen", seen)]
    if outcome != "Open":
        moments += [("closed", seen), (outcome.lower(), seen)]
    for name, moment in moments:
        cells[f"{name}_day"] = moment.strftime("%Y-%m-%d")
        cells[f"{name}_minute"] = moment.strftime("%Y-%m-%d %H:%M")
        cells[f"{name}_second"] = moment.strftime("%Y-%m-%d %H:%M:%S")
        cells[f"{name}_zone"] = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return cells


def _numbers(number: int, person: Person) -> Person:
    """Ids and amounts, with what a spreadsheet damages: twenty digits, noughts in front, case that counts."""
    employees = int(person["employees"] or 0)
    revenue, amount = employees * 140_000, 900 + number * 1750
    letters = "AbCdE" if number == 1 else "aBcDe" if number == 2 else f"Ab{number:03d}"
    return {
        "long_id": f"90071992547409{number:06d}",
        "short_number": str(40_000 + number * 13),
        "zoho_id": f"zcrm_50010000000{number:05d}",
        "owner_zoho": "zcrm_5001000000009001",
        "short_id": f"00Q5e00000{letters}",
        "id18": f"00Q5e00000{letters}EAU",
        "owner_id": "0055e000001AbCdEAU",
        "odoo_id": f"__export__.crm_lead_{number}_{number * 7919:08x}",
        "hexadecimal": f"{number * 104_729:010x}",
        "deal_id": f"{31_000_000_000 + number}",
        "company_ids": str(8000 + employees),
        "contact_ids": f"{8000 + number};{9000 + number}" if number % 5 == 0 else str(8000 + number),
        "owner_mail": "team@seller.example",
        "revenue": str(revenue or ""),
        "revenue_grouped": f"{revenue:,}" if revenue else "",
        "employees_grouped": f"{employees:,}" if employees else "",
        "employees_range": _range(employees, EMPLOYEES),
        "revenue_range": _range(revenue // 1_000_000, REVENUE),
        "amount": str(amount),
        "amount_float": f"{amount}.0",
        "stars": str(number % 5 + 1),
        "chats": str(number % 4),
        "minutes": f"{number % 7}.{number % 10}",
        "marketo_score": str(int(person["score"]) - 30),
        "persian_number": _persian(str(40_000 + number * 13)),
        "persian_phone": _persian(person["phone"]),
        "persian_employees": _persian(person["employees"]),
        "persian_created": _persian(person["created_day"]),
        "persian_visits": _persian(person["visits"]),
    }


def _range(number: int, labels: dict[int, str]) -> str:
    """The label of the highest start that is not above the number."""
    return next((label for start, label in reversed(labels.items()) if number >= start), "")


def _persian(text: str) -> str:
    return text.translate({ord(digit): chr(0x06F0 + int(digit)) for digit in "0123456789"})


def write(columns: str, people: Iterable[Person], end: str = "\n", quote_all: bool = False) -> str:
    """The header and a line per person."""
    pairs = [column.strip().partition("=") for column in columns.split("|")]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerow([header for header, _, _ in pairs])
    writer.writerows([person.get(cell, "") for _, _, cell in pairs] for person in people)
    return text.getvalue()


def make_odoo(columns: str, people: list[Person]) -> str:
    """Every cell quoted, CRLF, and an apostrophe before a cell that a spreadsheet would compute."""
    guarded = [
        person | {name: f"'{cell}" for name, cell in person.items() if cell[:1] in {"=", "+", "-"}}
        for person in people
    ]
    return write(columns, guarded, "\r\n", quote_all=True)


FOOTER = """
"Leads by Owner"
"Copyright (c) 2000-2026 An Example Company. All rights reserved."
"Confidential Information - Do Not Distribute"
"Generated By: Team North 2026-06-30 17:45"
"An Example Company"
"""

PREAMBLE = """# ----------------------------------------
# Traffic by campaign
# Account: An Example Company
# Property: example.test
# ----------------------------------------
#
# All Users
# Start date: 20260101
# End date: 20260630

"""


def make_analytics(random: Random) -> str:
    """Tables by campaign, channel and page; in the first the totals, whose line is one cell longer."""
    campaigns = [(name, _visits(random)) for name in (*CAMPAIGNS.split(","), "(not set)", "(other)")]
    totals = [sum(visits[place] for _, visits in campaigns) for place in range(3)]
    text = PREAMBLE + "Session campaign,Sessions,Engaged sessions,Key events\n"
    text += f",{_joined(totals)},Grand total\n" + _lines(campaigns)
    text += "\nSession source / medium,Sessions,Engaged sessions,Key events,Engagement rate\n"
    for channel in ("google / cpc", "google / organic", "newsletter / email", "(direct) / (none)"):
        visits = _visits(random)
        text += f"{channel},{_joined(visits)},{visits[1] / visits[0]:.4f}\n"
    text += "\nLanding page,Sessions,Engaged sessions,Key events,Views,Active users,New users,Event count"
    text += ",Average engagement time per session,Total revenue\n"
    pages = [(landing, _visits(random) + _visits(random) + [7, 31, 0]) for landing in LANDINGS.split(",")]
    return text + _lines(pages)


def _lines(rows: list[tuple[str, list[int]]]) -> str:
    return "".join(f"{name},{_joined(visits)}\n" for name, visits in rows)


def _joined(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def _visits(random: Random) -> list[int]:
    sessions = random.randrange(20, 900)
    engaged = round(sessions * random.uniform(0.2, 0.8))
    return [sessions, engaged, round(engaged * random.uniform(0, 0.2))]


def make_crm_samples() -> dict[str, bytes]:
    """Every file of the folder by its name."""
    people = make_people()
    texts = {
        "hubspot.csv": write(HUBSPOT, people, quote_all=True),
        "hubspot_deals.csv": write(HUBSPOT_DEALS, people, quote_all=True),
        "salesforce_report.csv": write(SALESFORCE_REPORT, people, quote_all=True) + FOOTER,
        "salesforce_objects.csv": write(SALESFORCE_OBJECTS, people, quote_all=True),
        "account_engagement.csv": write(ACCOUNT_ENGAGEMENT, people),
        "marketo.csv": write(MARKETO, people),
        "mailchimp/subscribed_members_export_3f2a9c.csv": "\ufeff" + write(MAILCHIMP + TAGS, people[:16]),
        "mailchimp/unsubscribed_members_export_3f2a9c.csv": "\ufeff"
        + write(MAILCHIMP + UNSUBSCRIBED + TAGS, people[16:28]),
        "mailchimp/cleaned_members_export_3f2a9c.csv": "\ufeff"
        + write(MAILCHIMP + CLEANED + TAGS, people[28:]),
        "zoho.csv": write(ZOHO, people),
        "pipedrive_persons.csv": write(PIPEDRIVE_PERSONS, people),
        "pipedrive_deals.csv": write(PIPEDRIVE_DEALS, people),
        "activecampaign.csv": write(ACTIVECAMPAIGN, people),
        "odoo.csv": make_odoo(ODOO, people[:32]),
        "odoo_import.csv": make_odoo(ODOO_IMPORT, people),
        "odoo_persian.csv": make_odoo(ODOO_PERSIAN, people),
        "google_analytics.csv": make_analytics(Random(20260630)),
        "clearbit.csv": write(CLEARBIT, {person["website"]: person for person in people}.values()),
        "generic_keap.csv": write(KEAP, people),
        "generic_persian.csv": write(PERSIAN, people),
    }
    return {name: text.encode() for name, text in texts.items()}


if __name__ == "__main__":
    for name, content in make_crm_samples().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(content)
