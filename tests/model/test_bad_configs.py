"""test_bad_configs: one fault each, put into a good config; every one must be refused with its place."""

import re
from pathlib import Path

import pytest

from leadscore.errors import ConfigError
from leadscore.model.load import load_content

GOOD = Path(__file__).with_name("example.yml").read_text(encoding="utf-8")

SENIORITY = "{has_word: [chief, vp, vice president], points: 20}"
VALUES = "{Software: 10, Finance: 8}"
BANDS = "{10: 2, 50: 6, 250: 10, 1000: 12}"
DECAY = "{half_life_days: 30, since: last_seen}"
BUDGET = "budget: {at_least: 10000}"
LONG = "x" * 300

# What stands in the good config -> what stands there instead, the key and a part of what must be said.
# The line expected is the first that differs, or so many lines from it.
CASES: list[tuple[str, str, str, str] | tuple[str, str, str, str, int]] = [
    # keys that are not known, or not there
    ("name: B2B", "nmae: B2B", "nmae", "did you mean name?"),
    ("id: lead_id  ", "idd: lead_id ", "idd", "did you mean id?"),
    ("rank_by:", "rankby:", "rankby", "did you mean rank_by?"),
    ("    cap: 50", "    capp: 50", "groups.fit.capp", "did you mean cap?"),
    ("        kind: table", "        knid: table", "seniority.knid", "did you mean kind?"),
    ("        kind: table", "        note: table", "groups.fit.rules.seniority", "has no kind", -1),
    ("kind: table\n", "kind: tabel\n", "seniority.kind", "is not a kind of rule"),
    ("        field: job_title\n", "", "seniority.field", "is missing", -2),
    ("name: B2B SaaS inbound\n", "", "name", "is missing"),
    ("has_word: manager", "hasword: manager", "cases.2.hasword", "did you mean has_word?"),
    ("half_life_days", "half_life", "decay.half_life", "did you mean half_life_days?"),
    ("kind: count, field", "kind: count, event: demo, field", "page visits", "either field or event"),
    ("won:", "wom:", "outcome.wom", "did you mean won?"),
    ("max_row_drop", "maxrowdrop", "checks.maxrowdrop", "did you mean max_row_drop?"),
    # values of the wrong kind
    ("name: B2B SaaS inbound", "name: [B2B]", "name", "must be one value"),
    ("id: lead_id  ", "id: {a: b}   ", "id", "must be one value"),
    ("id: lead_id  ", 'id: ""   ', "id", "is empty"),
    ("id: lead_id  ", "id: ~   ", "id", "is empty; write a value or remove the key"),
    ("    cap: 50", "    cap:", "groups.fit.cap", "is empty"),
    ("    cap: 50", "    cap: fifty", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: 050", "groups.fit.cap", 'write 50, or "050" in quotes'),
    ("    cap: 50", "    cap: -050", "groups.fit.cap", "write -50"),
    ("    cap: 50", '    cap: "050"', "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: .nan", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: .inf", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: 1e3", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: 1_000", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: 0x10", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: 1.005", "groups.fit.cap", "more than two decimals"),
    ("    cap: 50", f"    cap: 1.{'0' * 40}1", "groups.fit.cap", "more than two decimals"),
    ("    cap: 50", "    cap: 1000000.01", "groups.fit.cap", "is beyond 1,000,000 points"),
    ("    cap: 50", f"    cap: {'9' * 100_000}", "groups.fit.cap", "is beyond 1,000,000 points"),
    ("    cap: 50", "    cap: true", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: 2026-01-02", "groups.fit.cap", "is not a number of points"),
    ("    cap: 50", "    cap: [50]", "groups.fit.cap", "must be one value"),
    ("contributions: false", "contributions: no", "output.contributions", "must be true or false"),
    ("reasons: 3", "reasons: 3.5", "output.reasons", "is not a whole number"),
    ("reasons: 3", "reasons: -3", "output.reasons", "is not a whole number"),
    ("formats: [csv]", "formats: [ods]", "output.formats.0", "write csv, parquet or xlsx"),
    ("formats: [csv]", "formats: []", "output.formats", "is empty"),
    ("formats: [csv]", "formats: csv", "output.formats", "must be a list"),
    ("max_row_drop: 50%", "max_row_drop: half", "checks.max_row_drop", "is not a whole number"),
    ("max_row_drop: 50%", "max_row_drop: 150%", "checks.max_row_drop", "more than the whole"),
    (
        "checks: {max_rows_set_aside: 0",
        "checks: {max_rows_set_aside: -1",
        "max_rows_set_aside",
        "whole number",
    ),
    ("combine: sum", "combine: mean", "score.combine", "write sum"),
    ("type: number", "type: int", "fields.employees.type", "write text, number, date or boolean"),
    (
        "derive: email_domain, of: email",
        "derive: domain, of: email",
        "mail_domain.derive",
        "email_domain, email_kind",
    ),
    # parts that are empty or not of the right shape
    (VALUES, "{}", "industry.values", "is empty"),
    (VALUES, "[Software, Finance]", "industry.values", "must be a mapping"),
    (VALUES, "{Software: 10, software : 8}", "industry.values", "are the same value"),
    (VALUES, "{Software: 10, Software: 8}", "industry.values.Software", "stands twice, first in line 28"),
    (BANDS, "{}", "company size.bands", "is empty"),
    (BANDS, "{10: 2, 10.0: 6}", "company size.bands", "two keys that mean the same"),
    (BANDS, "{small: 2}", "company size.bands.small", "is not a number"),
    (BANDS, "{010: 2}", "company size.bands.010", 'write 10, or "010"'),
    (BANDS, "{1e999999999999999999: 2}", "company size.bands", "is not a number"),
    (BANDS, "{1e999: 2}", "company size.bands", "more than 15 digits"),
    (BANDS, "{0.12345678901234567: 2}", "company size.bands", "more than 15 digits"),
    (BANDS, "{10: lots}", "company size.bands.10", "is not a number of points"),
    (
        "field: employees, bands",
        "field: employees, age_of: last_seen, bands",
        "company size",
        "either field or age_of",
    ),
    ("age_of: last_seen, bands", "bands", "silent for a quarter", "either field or age_of"),
    (SENIORITY, "{has_word: [], points: 20}", "cases.0.has_word", "is empty"),
    (SENIORITY, '{has_word: [" "], points: 20}', "cases.0.has_word", "is empty"),
    (SENIORITY, "{points: 20}", "cases.0", "says nothing to test"),
    (SENIORITY, "{has_word: chief}", "cases.0.points", "is missing"),
    (SENIORITY, "{has_word: chief, points: }", "cases.0.points", "is empty"),
    ('- country: {in: [US, GB, "NO"]}', "- country: {in: []}", "country.in", "is empty"),
    (
        '- country: {in: [US, GB, "NO"]}',
        '- country: {in: [US, ""]}',
        "country.in.1",
        "an empty cell is missing",
    ),
    ('- country: {in: [US, GB, "NO"]}', "- {}", "when.all.0", "every lead would match"),
    ('- country: {in: [US, GB, "NO"]}', "- any: []", "when.all.0.any", "is empty"),
    ('- country: {in: [US, GB, "NO"]}', "- al: [{country: US}]", "when.all.0.al", "is not a list of values"),
    (
        '- country: {in: [US, GB, "NO"]}',
        "- at_least_of: {k: 3, criteria: [{a: b}]}",
        "at_least_of.k",
        "from 1 to 1",
    ),
    (
        "rows: {group: fit, cuts: {A: 40, B: 25, C: 0}}",
        "rows: {group: fit, cuts: {}}",
        "grade.rows.cuts",
        "is empty",
    ),
    ("{A: 40, B: 25, C: 0}", "{A: 40, B: 40, C: 0}", "grade.rows.cuts", "the same cut twice"),
    ("group: fit, cuts", "group: fitt, cuts", "grade.rows.group", "did you mean fit?"),
    ("group: fit, cuts", "group: other, cuts", "grade.rows.group", "groups are fit, engagement"),
    ("rank_by: [score, employees]", "rank_by: []", "rank_by", "is empty"),
    ('won: ["1", "Yes"]', "won: []", "outcome.won", "is empty"),
    # bounds and decays
    ("    cap: 50", "    cap: 50\n    floor: 60", "groups.fit.cap", "is below floor", -1),
    ("floor: 0, cap: 100", "floor: 0, cap: -1", "score.cap", "is below floor"),
    ("each: 1, cap: 10", "each: -1, cap: 10", "page visits.cap", "write floor"),
    ("each: 1, cap: 10", "each: 1, floor: -10", "page visits.floor", "write cap"),
    ("each: 1, cap: 10", "each: 1, otherwise: 3", "page visits.otherwise", "no meaning for a count"),
    (DECAY, "{since: last_seen}", "engagement.decay", "exactly one of"),
    (DECAY, "{half_life_days: 30, window_days: 9, since: last_seen}", "engagement.decay", "exactly one of"),
    (DECAY, "{half_life_days: 30}", "engagement.decay", "add since"),
    (DECAY, "{half_life_days: 0, since: last_seen}", "decay.half_life_days", "must be above 0"),
    (DECAY, "{window_days: 1.5, since: last_seen}", "decay.window_days", "whole number of days"),
    (DECAY, "{daily: 200%, since: last_seen}", "decay.daily", "more than the whole"),
    (DECAY, "{steps: {}, since: last_seen}", "decay.steps", "is empty"),
    (DECAY, "{steps: {45: 50%, 90: 70%}, since: last_seen}", "decay.steps", "shares fall as days rise"),
    (DECAY, "{linear: {lose: 50%}, since: last_seen}", "decay.linear.every_days", "is missing"),
    (DECAY, "{linear: {lose: 50%, every_days: 0}, since: last_seen}", "linear.every_days", "must be above 0"),
    # tiers and names
    ("min_score: 50", "min_score: 80", "MQL.min_score", "not below that of the tier before it (line 48"),
    ("min_score: 50", "min_score: 90", "MQL.min_score", "not below that of the tier before it"),
    ("{name: MQL, min_score: 50}", "{name: MQL}", "tiers.MQL", "only the last tier may be without"),
    ("{name: Cold}", "{name: Cold, min_score: 1}", "tiers.Cold", "has no tier"),
    ("name: MQL,", "name: SQL,", "tiers.SQL.name", "this name stands twice (line 48"),
    ("name: MQL,", "name: sql,", "tiers.sql.name", "same file"),
    ("name: MQL,", "name: ../../x,", "name", "cannot hold /"),
    ("name: MQL,", "name: A/B,", "name", "cannot hold /"),
    ("name: MQL,", "name: -rf,", "name", "nor begin with -"),
    ("name: MQL,", 'name: "a\\nb",', "name", "can be seen"),
    ("name: MQL,", 'name: "a\\0b",', "name", "can be seen"),
    ("name: MQL,", 'name: "a\\u202eb",', "name", "can be seen"),
    ("name: MQL,", f"name: {LONG},", "name", "1 to 100 characters"),
    ("name: MQL,", "name: CON,", "tiers.CON.name", "a file cannot have this name"),
    ("name: MQL,", "name: nul,", "tiers.nul.name", "a file cannot have this name"),
    ("name: MQL,", "name: '!!!',", "tiers.!!!.name", "a file cannot have this name"),
    (
        "name: page visits",
        "name: industry",
        "engagement.rules.industry.name",
        "two rules have this name (line 28",
    ),
    ("name: page visits", 'name: "fit: cap"', "engagement.rules.fit: cap.name", "rename the rule"),
    ("name: opted out", "name: competitor", "disqualify.competitor.name", "this name stands twice"),
    ("group: engagement", "group: engagment", "columns.group", "did you mean engagement?"),
    # tiers nobody can be in (models.md E18)
    ("min_score: 80", "min_score: 87.01", "tiers.SQL.min_score", "the most a lead can score is 87; lower"),
    ("floor: 0, cap: 100", "floor: 0, cap: 79.99", "tiers.SQL.min_score", "can score is 79.99; lower", 3),
    (VALUES, "{Software: 2, Finance: 2.99}", "tiers.SQL.min_score", "can score is 79.99; lower", 20),
    ("min_score: 20}", "min_score: 0}", "tiers.Cold.name", "the least a lead can score is 0 (line 50,", 1),
    ("floor: 0, cap", "floor: 20, cap", "tiers.Cold.name", "raise the min_score of the tier above", 6),
    # rules that count, and stages
    (
        "each: 1, cap: 10",
        "each: 1, min_count: 3, max_count: 2",
        "page visits.max_count",
        "is below min_count",
    ),
    ("each: 1, cap: 10", "each: 1, min_count: 0", "page visits.min_count", "must be above 0"),
    ("each: 1, cap: 10", "each: 1, min_count: 1000001", "page visits.min_count", "is above 1,000,000"),
    ("each: 1, cap: 10", "each: 1, max_count: 2.5", "page visits.max_count", "is not a whole number"),
    (
        "each: 1, cap: 10",
        "once: 1, min_count: 3",
        "page visits.min_count",
        "only each counts them; write each",
    ),
    ("each: 1, cap: 10", "ranges: {1: 5}, max_count: 3", "page visits.max_count", "only each counts them"),
    ("each: 30, cap: 30", "per_value: 1, max_count: 3", "demo asked for.max_count", "only each counts them"),
    (
        "each: 30, cap: 30",
        "each: 30, min_count: 2, decay: {half_life_days: 30}",
        "demo asked for.min_count",
        "each fades by its own age; add since: a date field to decay, or remove it",
    ),
    (
        "each: 1, cap: 10",
        "each: 1, cap: 10, stage: decided",
        "page visits.stage",
        "write awareness, consideration",
    ),
    # operators and their values
    (BUDGET, "budget: {at_least: much}", "budget.at_least", "'much' is not a number"),
    (BUDGET, "budget: {at_least: 1_000}", "budget.at_least", "'1_000' is not a number"),
    (BUDGET, "budget: {at_least: 2026-02-30}", "budget.at_least", "'2026-02-30' is not a date"),
    (BUDGET, "budget: {between: [50, 10]}", "budget.between", "the wrong way round"),
    (BUDGET, "budget: {between: [2026-03-01, 2026-01-01]}", "budget.between", "the wrong way round"),
    (BUDGET, "budget: {between: 10}", "budget.between", "takes two values"),
    (BUDGET, "budget: {between: [a, b]}", "budget.between", "is not a number"),
    (BUDGET, "budget: {within_days: -1}", "budget.within_days", "whole number of days"),
    (BUDGET, "budget: {known: maybe}", "budget.known", "must be true or false"),
    (BUDGET, "budget: {at_least: {a: b}}", "budget.at_least", "must be one value"),
    (BUDGET, "budget: {is: 5, exact: perhaps}", "budget.exact", "must be true or false"),
    (BUDGET, "budget: {is: 5, accents: drop}", "budget.accents", "write keep or ignore"),
    (BUDGET, 'budget: {matches: "(?=a)"}', "budget.matches", "no look-around"),
    (BUDGET, 'budget: {matches: "(a)\\\\1"}', "budget.matches", "no back-references"),
    (BUDGET, 'budget: {matches: "(a"}', "budget.matches", "RE2"),
    (BUDGET, f"budget: {{matches: {'a' * 1001}}}", "budget.matches", "longer than 1000"),
    (BUDGET, "visits: {contains: x}", "page visits.field", "as text elsewhere (line 35", 6),
    (BUDGET, "job_title: {at_least: 3}", "job_title.at_least", "job_title as number"),
    (BUDGET, "employees: {is: many}", "employees.is", "'many' is not a number"),
    # fields
    (
        "derive: email_domain, of: email",
        "derive: email_domain",
        "fields.mail_domain",
        "derive and of go together",
    ),
    ("derive: email_domain, of: email", "of: email", "fields.mail_domain", "derive and of go together"),
    ("of: email}", "of: email, from: Mail}", "mail_domain.from", "a derived field has no column"),
    ("of: email}", "of: last_seen}", "mail_domain.of", "needs a text, but last_seen is read as date"),
    ("of: email}", "of: mail_domain}", "mail_domain.of", "is derived itself"),
    ("of: email}", "of: email, type: number}", "mail_domain.type", "is always text"),
    (
        "type: number, null",
        "type: number, thousands: '.', null",
        "employees.thousands",
        "the same mark as decimal",
    ),
    ("type: number, null", "format: '%d.%m.%Y', null", "employees.format", "is for fields of type date"),
    ('"%d/%m/%Y"', '"%d/%m"', "last_seen.format", "does not tell day, month and year"),
    ('"%d/%m/%Y"', "dd/mm/yyyy", "last_seen.format", "does not tell day, month and year"),
    ('"%d/%m/%Y"', '"%d/%m/%Y %z"', "last_seen.format", "does not tell day, month and year"),
    ("unsubscribed: true", "unsubscribed: {is: true, exact: maybe}", "unsubscribed.exact", "true or false"),
    ("{unsubscribed: true}", "{lead_id: {at_least: 5}}", "lead_id.at_least", "lead_id as number"),
    ("{field: converted,", "{field: visits,", "outcome.field", "'Yes' is not a number"),
    ("preset: hubspot ", "preset: hubspott ", "preset", "did you mean hubspot?"),
    ("preset: hubspot ", "preset: zzz ", "preset", "there is account_engagement"),
    # YAML
    ("name: B2B SaaS inbound", "name: &a B2B", "name", "anchors (&) and tags (!)"),
    ("name: B2B SaaS inbound", "name: *a", "name", "an alias (*)"),
    ("name: B2B SaaS inbound", "name: !!str B2B", "name", "anchors (&) and tags (!)"),
    ("name: B2B SaaS inbound", "name: !!python/object:os.system B2B", "name", "anchors (&) and tags (!)"),
    ("    cap: 50", "    <<: {cap: 50}", "groups.fit.<<", "merge keys (<<)"),
    ("    cap: 50", "    ? [a]\n    : 50", "groups.fit", "a key must be one text"),
    ("score: {combine", "score: {'': 5, combine", "score.", "a key is empty"),
    ("    cap: 50", "\tcap: 50", "", "not tabs"),
    ("    cap: 50", "    cap: 50: 60", "", 'quote a text that holds ": "'),
    ("    cap: 50", "    cap: @50", "", "put the text in quotes"),
    ("    cap: 50", "   cap: 50", "", "wrong indentation", 1),
    ("max_row_drop: 50%}", "max_row_drop: 50%", "", "a brace { is not closed"),
    ("name: B2B SaaS inbound", "name: B2B\x07", "", "cannot be shown (U+0007)"),
    ("score: {combine", "---\nscore: {combine", "", "a second document"),
    ("name: B2B SaaS inbound", "name: " + "[" * 30 + "]" * 30, "", "nested more than 20 levels"),
]

PLACE = re.compile(r"model\.yml:([0-9]+):([0-9]+): (?:(.*?): )?")
NOT_OUR_WORDS = re.compile(
    r"Input should|[Vv]alue error|[Vv]alidat|pydantic|Traceback|NoneType|Plain"
    r"|\b(str|int|dict|tuple|bool|Decimal)\b"
)


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_content("model.yml", text.encode())
    return tuple(map(str, caught.value.problems))


def spoil(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def line_of_first_change(text: str) -> int:
    pairs = zip(GOOD.splitlines(), [*text.splitlines(), ""], strict=False)
    return next(number for number, (before, after) in enumerate(pairs, 1) if before != after)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[2]} {case[3]}"[:60])
def test_a_fault_is_refused_with_its_place_and_nothing_else_is(case: tuple[str, str, str, str, int]) -> None:
    old, new, key, says, *offset = case
    text = spoil(old, new)
    problems = problems_of(text)
    found = [problem for problem in problems if says in problem]
    assert found, problems
    assert f":{line_of_first_change(text) + sum(offset)}:" in found[0]
    assert key in found[0]
    assert len(problems) == 1, problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[2]} {case[3]}"[:60])
def test_a_problem_is_said_in_words_for_whoever_wrote_the_config(case: tuple[str, ...]) -> None:
    for problem in problems_of(spoil(case[0], case[1])):
        place = PLACE.match(problem)
        assert place
        assert not NOT_OUR_WORDS.search(problem[place.end() :])


def test_the_faults_are_many_and_each_is_another_one() -> None:
    assert len({(case[0], case[1]) for case in CASES}) >= 150


def test_all_problems_of_a_file_are_listed_at_once_by_line() -> None:
    text = GOOD
    for old, new in [
        ("id: lead_id", "id: ~"),
        ("type: number", "type: numbr"),
        ("    cap: 50", "    cap: 050"),
        ("otherwise: 0\n        missing", "othrwise: 0\n        missing"),
        ("field: industry", "feild: industry"),
        ("each: 1,", "each: 1.005,"),
        ("group: fit, cuts", "group: fitt, cuts"),
        ("min_score: 50", "min_score: 90"),
    ]:
        assert old in text
        text = text.replace(old, new, 1)
    problems = problems_of(text)
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert lines == sorted(lines)
    assert len(problems) == 8, problems


def test_a_faulty_part_leaves_no_trace_in_what_is_said_of_the_rest() -> None:
    text = GOOD.replace("    cap: 50", "    cap: 50\n    floor: 60").replace("{name: Cold}", "{name: ''}")
    assert len(problems_of(text)) == 2
    assert len(problems_of("groups: {}\n")) == 4


def test_a_cut_on_the_maximum_is_reached_and_without_a_maximum_every_one_is() -> None:
    for old, new in [
        ("min_score: 80", "min_score: 87"),
        ("min_score: 20}", "min_score: 0.01}"),
        ("floor: 0, cap: 100", "floor: 0, cap: 80"),
        ("floor: 0, cap: 100", "floor: 19.99"),
    ]:
        assert load_content("model.yml", spoil(old, new).encode()).tiers
    endless = spoil("    cap: 60\n", "").replace("floor: 0, cap: 100", "floor: 0")
    endless = endless.replace("each: 1, cap: 10", "each: 1")
    assert load_content("model.yml", endless.replace("min_score: 80", "min_score: 99999").encode()).tiers


def test_a_tier_out_of_reach_is_told_with_other_faults_unless_they_leave_the_points_open() -> None:
    high = spoil("min_score: 80", "min_score: 90")
    found = problems_of(high.replace("reasons: 3", "reasons: many"))
    assert ["tiers.SQL.min_score" in problem for problem in found] == [True, False]
    (only,) = problems_of(high.replace("points: 20}", "points: many}"))
    assert "cases.0.points" in only


TWO_SEGMENTS = """segments:
  - {name: small, when: {employees: {below: 50}}, override: {score: {cap: 60}}}
  - {name: others, override: {score: {cap: CAP}}}
"""


@pytest.mark.parametrize(("cap", "refused"), [("79.99", True), ("80", False)])
def test_a_tier_of_segments_is_out_of_reach_where_it_is_so_in_every_one(cap: str, refused: bool) -> None:
    text = GOOD + TWO_SEGMENTS.replace("CAP", cap)
    if refused:
        (problem,) = problems_of(text)
        assert problem.startswith("model.yml:48:17: tiers.SQL.min_score: no lead can be in it")
        assert "the most a lead can score is 79.99;" in problem
    else:
        assert len(load_content("model.yml", text.encode()).models) == 2


def test_a_nurture_list_needs_tiers_with_cuts_and_a_matrix_has_none() -> None:
    head, tail = GOOD.index("tiers:"), GOOD.index("rank_by:")
    cells = "{name: a, high: [fit, engagement]}, {name: b, high: fit}, {name: c, high: engagement}, {name: d}"
    matrix = f"matrix: {{fit: 20, engagement: 20}}\ntiers: [{cells}]\nnurture: {{tier: TIER, margin: 10}}\n"
    for tier in ("a", "d", "MQL"):
        text = GOOD[:head] + matrix.replace("TIER", tier) + GOOD[tail:]
        for cap in ("    cap: 50\n", "    cap: 60\n"):  # an axis of a matrix must not go below 0
            text = text.replace(cap, f"{cap}    floor: 0\n")
        (problem,) = problems_of(text)
        assert problem == (
            "model.yml:51:1: nurture: there is no cut to be near to: with a matrix, tiers have none; "
            "remove nurture, or write min_score instead of the matrix"
        )
