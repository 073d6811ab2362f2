"""make_sample_data: write sample_data/leads.csv, some 500 made-up leads, the same bytes on every run.

Run ``python tests/make_sample_data.py``. Nobody in the file exists: first and last names are drawn
separately, companies are invented, addresses use reserved domains (RFC 2606), phone numbers use
ranges kept free for films or that no carrier may hand out. The last day in the file is 2026-06-30.
Longer than other files because a good part of it is tables of names, places and titles.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data" / "leads.csv"
LAST_DAY = date(2026, 6, 30)
LEAD_COUNT = 500
COMPANY_COUNT = 170

Lead = dict[str, str]

COLUMNS = (
    "lead_id,first_name,last_name,email,company,job_title,industry,Employees,country,city,phone,source,budget,"
    "visits,pages,emails_opened,form_fills,demo_requests,unsubscribed,Last Activity Date,created_date,"
    "converted,closed_date,owner,notes"
).split(",")


class Place(NamedTuple):
    """What people and places of one country look like; titles run from the head of the company downwards."""

    weight: int
    cities: str
    first_names: str
    last_names: str
    titles: str
    phone: str  # "#" stands for a digit


ENGLISH = (
    "CEO,VP Sales,Vice President Operations,Chief Revenue Officer,Head of Marketing,Director of IT,"
    "Sales Director,Marketing Manager,Account Manager,Product Manager,International Sales,Internal Auditor,"
    "Analyst,Consultant,Student,intern"
)
GERMAN = (
    "Geschäftsführerin,CTO,Leiter Vertrieb,Leiterin Einkauf,Vertriebsleiter,Projektmanager,Sachbearbeiter,"
    "Werkstudent"
)
FRENCH = (
    "Directrice commerciale,Directeur général,Responsable marketing,Chef de projet,Chargé d'études,Stagiaire"
)
AMERICAN = Place(
    90, "Austin,Boise,Portland,Columbus,Tampa", "Avery,Jordan,Casey,Morgan,Riley,Dana,Quinn,Na,Rowan,Skyler",
    "Harrowgate,Pellworth,Tindale,Quillfeather,Marlstone,Null,Ashbarrow,NA,Fernleigh,Brackwell",
    ENGLISH, "(###) 555-01##",
)  # fmt: skip
PLACES: dict[str, Place] = {
    "US": AMERICAN,
    "GB": AMERICAN._replace(weight=50, cities="Leeds,Bristol,London,Cardiff", phone="+44 20 7946 0###"),
    "CA": AMERICAN._replace(weight=15, cities="Québec,Halifax,Calgary", phone="+1 ### 555 01##"),
    "NA": AMERICAN._replace(weight=8, cities="Windhoek,Swakopmund", phone="+264 00 0## ###"),
    "NO": Place(
        14, "Oslo,Tromsø,Ålesund", "Sølve,Åse,Ingvild,Torbjørn", "Fjellvåg,Nordskår,Åsgardmo,Bjørkelie",
        "Daglig leder,Salgssjef,Markedssjef,VP Sales,Konsulent", "+47 00 00 ## ##",
    ),
    "DE": Place(
        65, "Berlin,München,Köln,Gießen,Lübeck", "Jürgen,Käthe,Sören,Anke,Björn,Liesl,Uwe",
        "Krähenbühl,Weißdorn,Mühlental,Österreichl,Schönbrunner,Groß-Linde", GERMAN, "+49 30 23125 ###",
    ),
    "FR": Place(
        45, "Paris,Orléans,Besançon,Nîmes,Liège-sur-Orne", "Élodie,Hervé,Anaïs,Loïc,Noémie,Zoé",
        "Beaurivage,d'Épinelle,Châtaignol,Lefèvrine,Deschênaux", FRENCH, "+33 1 99 00 ## ##",
    ),
    "ES": Place(
        35, "Málaga,Logroño,Cádiz,Madrid", "Íñigo,Begoña,Nuño,Lucía,Óscar",
        "Peñarrubia,Montalbáñez,del Río Claro,Ibargüen,Quiñoneda",
        "Directora general,Director de Ventas,Gerente de Marketing,Jefe de compras,Becario",
        "+34 000 ### ###",
    ),
    "CZ": Place(
        30, "Plzeň,České Budějovice,Ústí nad Labem,Brno", "Věra,Jiří,Zdeňka,Řehoř,Žofie",
        "Krkavčík,Zelenohorská,Březinkář,Stříbrňák,Podlesníková",
        "Jednatel,Obchodní ředitel,Vedoucí nákupu,Manažer prodeje,Stážistka", "+420 000 ### ###",
    ),
    "RO": Place(
        25, "Iași,Brașov,Timișoara,Târgu Mureș", "Ștefania,Răzvan,Ioniță,Mădălina,Țuțu",
        "Frunzăreanu,Pădurețu,Câmpinescu-Vale,Șoimaru",
        "Director general,Director vânzări,Șef achiziții,Stagiar",
        "+40 000 ### ###",
    ),
    "VN": Place(
        30, "Đà Nẵng,Huế,Cần Thơ", "Đức,Thảo,Ngọc Ánh,Quỳnh,Hữu", "Nguyễn Lâm,Trần Diệp,Đặng Thuỷ,Vũ Hoà",
        "Tổng giám đốc,Giám đốc kinh doanh,Trưởng phòng Marketing,Nhân viên,Thực tập sinh", "+84 000 ### ###",
    ),
    "IR": Place(
        26, "شیراز,یزد,تبریز", "آرش,نیلوفر,کیان,پریسا", "کوهستانی‌فر,دریاباری,سپیدرود,يزدان‌مهر",
        "مدیر عامل,مدیر فروش,مدير فروش,کارشناس بازاریابی,کارآموز", "+98 000 ### ####",
    ),
    "IN": Place(
        45, "पुणे,जयपुर,Mysuru,Kochi", "आरव,मीरा,Ishaan,काव्या,Devika", "नीलगिरि,Suryavanth,चंद्रपाल,Vanamali",
        "CEO,बिक्री प्रबंधक,Head of Marketing,IT Manager,सलाहकार,Student", "+91 00000 #####",
    ),
    "AE": Place(
        20, "دبي,أبوظبي,الشارقة", "ليلى,يوسف,مريم,كريم", "النخيلي,البحراوي,الصحراوي",
        "المدير العام,مدير المبيعات,رئيس التسويق,محلل,متدرب", "+971 00 ### ####",
    ),
}  # fmt: skip

SOURCES = {
    "Web form": 26,
    "Paid search": 18,
    "Webinar": 14,
    "List purchase": 14,
    "Trade show": 10,
    "Referral": 9,
    "Partner": 9,
}
INDUSTRIES = {
    "Software": 30,
    "Finance": 18,
    "Manufacturing": 20,
    "Retail": 14,
    "Healthcare": 12,
    "Education": 12,
    "Logistics": 8,
}
NOTES = (
    "met at the stand, asked for prices",
    'said "call me in autumn", then hung up',
    "two questions:\nprice for 50 seats?\nhosting in the EU?",
    "Rückruf vereinbart; möchte Angebot, Referenzen",
    '=HYPERLINK("http://bait.example/","open me")',
    "@SUM(1+1)*cmd",
    "- asked twice about export",
    "100% sure, maybe",
)


class Company(NamedTuple):
    name: str
    domain: str
    industry: str
    employees: int
    country: str


def pick(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def one_of(random: Random, words: str) -> str:
    return random.choice(words.split(","))


def make_companies(random: Random) -> list[Company]:
    heads = "Quell,Brand,Oster,Velt,Mirra,Tarn,Luma,Zepp,Kolb,Orda,Fenn,Gral,Hav,Ister,Jorn,Sild".split(",")
    tails = "brook,vane,mark,dell,wick,fjord,sund,holm,berry,gate,light,stone".split(",")
    names = random.sample([head + tail for head in heads for tail in tails], COMPANY_COUNT)
    return [make_company(random, name) for name in names]


def make_company(random: Random, name: str) -> Company:
    domain = f"{name.lower()}.{random.choice(['example', 'example', 'test'])}"
    employees = max(2, round(math.exp(random.gauss(4.7, 1.5))))
    country = pick(random, {code: place.weight for code, place in PLACES.items()})
    ending = random.choice(["", "", " Ltd", " GmbH", ", Inc.", " & Co, Partners", " S.A.", " s.r.o."])
    return Company(name + ending, domain, pick(random, INDUSTRIES), employees, country)


def make_ids(random: Random) -> list[str]:
    """Among plain ids some a spreadsheet damages: leading zeros, twenty digits, 12E5 (not 1200000)."""
    ids = ["12E5", "1200000", *(f"90071992547409930{number:03d}" for number in range(1, 5))]
    ids += [f"{number:06d}" for number in random.sample(range(100, 300_000), LEAD_COUNT - len(ids))]
    random.shuffle(ids)
    return ids


def make_person(random: Random, number: int, company: Company) -> Lead:
    place = PLACES[company.country]
    phone = "".join(str(random.randrange(10)) if sign == "#" else sign for sign in place.phone)
    local = random.choice(["sales", "office", "info", "hello", "contact"]) + f".{number:03d}"
    mail = f"{local}@{company.domain}"
    private = random.random()
    if private < 0.17:  # a hyphen is not allowed in addresses of these providers, so the mailbox cannot exist
        mail = f"made-up-{number:03d}@" + random.choice(["gmail.com", "gmail.com", "yahoo.com"])
    elif private < 0.19:
        mail = f"made-up-{number:03d}@mailinator.com"
    return {
        "first_name": one_of(random, place.first_names),
        "last_name": one_of(random, place.last_names),
        "email": mail,
        "job_title": one_of(random, place.titles),
        "country": company.country,
        "city": one_of(random, place.cities),
        "phone": phone,
    }


def make_firm(random: Random, company: Company) -> Lead:
    spelling = random.choices([str.title, str.upper, str.lower], [18, 1, 1])[0]
    budget = round(company.employees * random.uniform(15, 260), -2)
    return {
        "company": company.name,
        "industry": spelling(company.industry),
        "Employees": random.choices([str(company.employees), "N/A", ""], [84, 8, 8])[0],
        "budget": random.choices([f"{budget:.0f}", f"{budget + 0.5:.2f}", ""], [58, 4, 38])[0],
        "source": pick(random, SOURCES),
        "owner": random.choice(["Team North", "Team South", "Team East", ""]),
    }


def make_engagement(random: Random, interest: float) -> Lead:
    """More interest, more visits and a more recent last activity."""
    visits = max(0, round(random.gauss(3.5 + 3 * interest, 2.5)))
    age = round(300 * random.random() ** (2 * math.exp(0.5 * interest)))
    created = LAST_DAY - timedelta(days=age + round((364 - age) * random.random() ** 2))
    return {
        "visits": str(visits),
        "pages": str(visits * random.randrange(1, 6)),
        "emails_opened": str(max(0, round(random.gauss(4 + 2.5 * interest, 3)))),
        "form_fills": str(max(0, round(random.gauss(0.6 + 0.8 * interest, 0.8)))),
        "demo_requests": str(int(random.random() < 0.12 * math.exp(0.8 * interest))),
        "unsubscribed": "true" if random.random() < 0.05 else random.choice(["false", "false", "false", ""]),
        "Last Activity Date": (LAST_DAY - timedelta(days=age)).strftime("%d/%m/%Y"),
        "created_date": created.isoformat(),
    }


def seniority(lead: Lead) -> float:
    """1 for the top of the country's list of titles, 0 for its end."""
    titles = PLACES[lead["country"]].titles.split(",")
    return 1 - titles.index(lead["job_title"]) / (len(titles) - 1)


def fit_of(lead: Lead, company: Company) -> float:
    """How well the lead suits the invented product: rank, size, industry and country count; about -2 to 3."""
    size = 1.2 - abs(math.log(company.employees) - 6) / 2
    trade = {"Software": 0.9, "Finance": 0.6, "Manufacturing": 0.2}.get(company.industry, -0.4)
    source = {"Referral": 0.7, "Partner": 0.5, "List purchase": -0.7}.get(lead["source"], 0.0)
    return 1.6 * (seniority(lead) - 0.5) + size + trade + source


def make_outcome(random: Random, lead: Lead, fit: float) -> Lead:
    """Fit, engagement and luck decide; young leads that have not bought yet are still open."""
    active = date(*(int(part) for part in reversed(lead["Last Activity Date"].split("/"))))
    created = date.fromisoformat(lead["created_date"])
    engagement = int(lead["visits"]) / 5 + int(lead["form_fills"]) / 2 + 1.4 * int(lead["demo_requests"])
    appetite = -3.7 + 1.0 * fit + 1.1 * engagement - (LAST_DAY - active).days / 60 + random.gauss(0, 0.7)
    won = random.random() < 1 / (1 + math.exp(-appetite))
    closed = created + timedelta(days=random.randrange((LAST_DAY - created).days + 1))
    if not won and (LAST_DAY - created).days < 45:
        return {"converted": "", "closed_date": ""}
    word = random.choice(["1", "Yes"] if won else ["0", "No"])
    return {"converted": word, "closed_date": closed.isoformat() if won or random.random() < 0.6 else ""}


def punch_holes(random: Random, lead: Lead, number: int) -> Lead:
    """Leave cells empty as people do: one in sixteen anywhere, and in some leads all but the address."""
    nearly_empty = number % 70 == 69
    kept = {"lead_id", "created_date", *(["email"] if nearly_empty else ["converted", "closed_date"])}
    chance = 0.95 if nearly_empty else 0.06
    return {name: cell if name in kept or random.random() > chance else "" for name, cell in lead.items()}


def make_lead(random: Random, number: int, lead_id: str, companies: list[Company]) -> Lead:
    company = random.choice(companies)
    if number % 75 == 40:  # the competitor looks around, too
        company = company._replace(name="Rival", domain="rival.example")
    lead = {"lead_id": lead_id} | make_person(random, number, company) | make_firm(random, company)
    fit = fit_of(lead, company)
    lead |= make_engagement(random, random.gauss(0.3 * fit, 1))
    lead |= make_outcome(random, lead, fit)
    lead["notes"] = NOTES[number // 16 % len(NOTES)] if number % 16 == 3 else ""
    return punch_holes(random, lead, number)


def make_sample() -> bytes:
    """The whole file as bytes: UTF-8 without a mark at the start, commas, LF, quotes only where needed."""
    random = Random(20260630)
    companies = make_companies(random)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        make_lead(random, number, lead_id, companies) for number, lead_id in enumerate(make_ids(random))
    )
    return text.getvalue().encode()


if __name__ == "__main__":
    SAMPLE.write_bytes(make_sample())
