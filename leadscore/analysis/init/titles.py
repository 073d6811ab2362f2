"""titles: words of job titles, in the languages exports have, by how much their owner decides."""

from __future__ import annotations

from collections.abc import Mapping

DECIDES, LEADS, MANAGES, LEARNS = "decides", "leads", "manages", "learns"

# fmt: off
TITLES: Mapping[str, tuple[str, ...]] = {
    LEARNS: ("student", "intern", "trainee", "Werkstudent", "Stagiaire", "Becario", "Stážistka", "Stagiar",
             "Thực tập sinh", "کارآموز", "متدرب"),
    DECIDES: ("CEO", "CTO", "CFO", "COO", "CMO", "CIO", "chief", "owner", "founder", "president", "VP",
              "managing director", "Geschäftsführer", "Geschäftsführerin", "Directeur général",
              "Director general", "Directora general", "Jednatel", "Tổng giám đốc", "مدیر عامل",
              "المدير العام", "Daglig leder"),
    LEADS: ("director", "head", "Leiter", "Leiterin", "Vertriebsleiter", "Directeur", "Directrice",
            "ředitel", "Giám đốc", "Salgssjef", "Markedssjef", "مدیر", "رئيس", "प्रबंधक"),
    MANAGES: ("manager", "lead", "senior", "supervisor", "Manažer", "Responsable", "Gerente", "Jefe", "Chef",
              "Vedoucí", "Șef", "Trưởng phòng", "Projektmanager", "کارشناس ارشد"),
}
# fmt: on
"""The first that matches counts: an intern of the director is an intern, a managing director no manager."""

POINTS: Mapping[str, int] = {LEARNS: -5, DECIDES: 20, LEADS: 15, MANAGES: 10}
"""What a title is worth before history says better."""


def title_cases(points: Mapping[str, int]) -> list[dict[str, object]]:
    """The cases of a table on a job title."""
    return [{"has_word": list(words), "points": points[name]} for name, words in TITLES.items()]
