"""test_engine: an engine gives what this process gives: every line of every file, every figure."""

import csv
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadscore.errors import ConfigError, InputError, LeadscoreError, PublishError, UsageError
from leadscore.pipeline.job import Job
from leadscore.pipeline.run import score_export
from leadscore.pipeline.spark.run import Engine, score_on_engine, score_on_session
from tests.conftest import ROOT
from tests.engines import cut, differences, job_of, run_both
from tests.golden import configs, events_of, sample_of

# A config of each kind of thing that leads can have to do with each other, or that takes a way of its own.
QUICK = {"combined": 7, "segments": 2, "scales": 1, "nurture": 2, "lamb_or_spam": 7, "accounts": 2}
EVERY = [(config, count) for config in configs() for count in (1, 2, 7)]
MODEL = """
name: test
id: id
fields:
  company: {type: text}
  visits: {type: number}
  last: {from: seen, type: date}
groups:
  fit:
    rules:
      - {name: visits, kind: count, field: visits, each: 0.25, cap: 40}
  activity:
    decay: {half_life_days: 30, since: last}
    rules:
      - {name: opens, kind: count, event: open, each: 0.5, at_most_per_day: 2, cap: 30}
      - {name: buys, kind: count, event: buy, per_value: 0.01, cap: 50}
tiers: [{name: High, min_score: 20}, {name: Low}]
rank_by: [score, visits, company]
accounts:
  by: company
  combine: {top: 3}
  in_score: {share: 20%, cap: 15}
"""
# The same without what makes rows wait for others: read and scored in one go.
ALONE = MODEL[: MODEL.index("  activity:")] + MODEL[MODEL.index("tiers:") : MODEL.index("accounts:")]


def both(spark: Any, config: Path, pieces: int, tmp_path: Path, formats: list[str]) -> list[str]:
    exports = cut(sample_of(config), pieces, tmp_path)
    logs = [file for log in events_of(config)[1:] for file in cut(Path(log), pieces, tmp_path)]
    return differences(*run_both(spark, job_of(config, exports, tmp_path, logs, formats), pieces))


@pytest.mark.parametrize("name", QUICK)
def test_an_engine_gives_every_line_and_every_figure(spark: Any, name: str, tmp_path: Path) -> None:
    formats = ["csv", "parquet"] if QUICK[name] == 7 else ["csv"]
    assert both(spark, ROOT / "configs" / f"{name}.yml", QUICK[name], tmp_path, formats) == []


@pytest.mark.slow
@pytest.mark.parametrize(("config", "pieces"), EVERY, ids=[f"{path.stem}-{count}" for path, count in EVERY])
def test_an_engine_gives_every_line_and_every_figure_of_every_config(
    spark: Any, config: Path, pieces: int, tmp_path: Path
) -> None:
    assert both(spark, config, pieces, tmp_path, ["csv", "parquet"]) == []


def skewed(folder: Path, leads: int, events: int) -> tuple[Path, Path]:
    """Three leads in ten are of one company, and nearly all events of the log are of one lead."""
    draw = random.Random(7)
    with (folder / "leads.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "company", "visits", "seen"])
        for number in range(leads):
            company = "Giant" if number % 10 < 3 else f"Company {draw.randrange(leads // 5)}"
            day = f"2026-0{draw.randrange(1, 7)}-1{draw.randrange(10)}"
            rows.writerow([f"L{number:06d}", company, draw.randrange(40), day])
    with (folder / "log.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "event", "time", "value"])
        for number in range(events):
            lead = 3 if number % 10 else draw.randrange(leads + 50)
            day = f"2026-0{draw.randrange(1, 7)}-1{draw.randrange(10)}"
            rows.writerow([f"L{lead:06d}", draw.choice(["open", "buy"]), day, draw.randrange(1000)])
    return folder / "leads.csv", folder / "log.csv"


def written(text: str, path: Path) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("pieces", [1, 7])
def test_one_company_of_three_leads_in_ten_and_one_lead_of_nearly_all_events(
    spark: Any, pieces: int, tmp_path: Path
) -> None:
    leads, log = skewed(tmp_path, 3_000, 30_000)
    exports, logs = cut(leads, pieces, tmp_path), cut(log, pieces, tmp_path)
    job = job_of(written(MODEL, tmp_path / "model.yml"), exports, tmp_path, logs)
    assert differences(*run_both(spark, job, pieces)) == []


@pytest.mark.slow
def test_one_lead_of_a_million_events(spark: Any, tmp_path: Path) -> None:
    leads, log = skewed(tmp_path, 100_000, 1_200_000)
    job = job_of(
        written(MODEL, tmp_path / "model.yml"), cut(leads, 2, tmp_path), tmp_path, cut(log, 3, tmp_path)
    )
    assert differences(*run_both(spark, job, 2)) == []


BAD = """id,company,visits,seen
1,Acme,4,2026-06-01
2,=cmd(),many,2026-06-02
,nobody,3,2026-06-03
1.23E+11,Acme,3,2026-06-03
3,"open
4,Acme,1,2026-02-30
5,too,many,cells,here
6,"two
lines",2,2026-06-04
7,Ωmega,,
8,acme ,1,2026-06-05
"""


@pytest.mark.parametrize("model", [ALONE, MODEL], ids=["at once", "with others"])
def test_lines_and_cells_that_cannot_be_read(spark: Any, model: str, tmp_path: Path) -> None:
    exports = [
        written(BAD, tmp_path / "a.csv"),
        written(BAD.replace("\n", "\nx", 1).replace("\n", "\n9", 9), tmp_path / "b.csv"),
    ]
    log = written(
        "id,event,time,value\n1,open,2026-06-01,\n2,buy,soon,4\n8,buy,2026-06-02,1e3\nx,open\n",
        tmp_path / "log.csv",
    )
    job = job_of(written(model, tmp_path / "model.yml"), exports[:1], tmp_path, [log])
    assert differences(*run_both(spark, job, 3)) == []
    assert score_on_session(spark, replace(job, out=tmp_path / "again"), Engine(partitions=1)).exit_code == 5


COPIES = "id,company,visits,seen\n" + "".join(
    f"{number % 40},Acme {number % 3},{number % 7},2026-06-1{number % 10}\n" for number in range(100)
)


@pytest.mark.parametrize("keep", ["first", "last"])
@pytest.mark.parametrize("model", [ALONE, MODEL], ids=["at once", "with others"])
def test_one_line_of_each_id_is_kept(spark: Any, keep: str, model: str, tmp_path: Path) -> None:
    config = written(f"{model}\nchecks: {{on_duplicate: {keep}}}\n", tmp_path / "model.yml")
    exports = cut(written(COPIES, tmp_path / "leads.csv"), 3, tmp_path)
    log = written("id,event,time,value\n1,open,2026-06-01,\n77,open,2026-06-01,\n", tmp_path / "log.csv")
    assert differences(*run_both(spark, job_of(config, exports, tmp_path, [log]), 2)) == []


def refused(spark: Any, job: Job, kind: type[LeadscoreError]) -> list[str]:
    with pytest.raises(kind) as here:
        run_both(spark, job, 2)
    with pytest.raises(kind) as there:
        score_on_session(spark, replace(job, out=job.out / "engine"), Engine(partitions=2))
    assert [str(each) for each in here.value.problems] == [str(each) for each in there.value.problems]
    assert not (job.out / "engine").exists()
    return [str(each) for each in there.value.problems]


def test_copies_are_refused_by_the_same_lines(spark: Any, tmp_path: Path) -> None:
    exports = cut(written(COPIES, tmp_path / "leads.csv"), 3, tmp_path)
    job = job_of(written(ALONE, tmp_path / "model.yml"), exports, tmp_path)
    assert len(refused(spark, job, InputError)) == 21


def test_what_is_wrong_with_any_file_is_said_of_all_of_them_at_once(spark: Any, tmp_path: Path) -> None:
    good = written("id,company,visits,seen\n1,a,2,2026-06-01\n", tmp_path / "good.csv")
    for name in ("one.parquet", "two.parquet"):
        (tmp_path / name).write_bytes(b"PAR1 and then nothing")
    bad = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    job = job_of(written(ALONE, tmp_path / "model.yml"), [good, *bad], tmp_path)
    assert len(refused(spark, job, InputError)) == 2


def test_a_file_that_is_damaged_behind_its_head_is_refused(spark: Any, tmp_path: Path) -> None:
    table = pa.table({"id": [f"{n}" for n in range(50_000)], "company": ["a"] * 50_000,
                      "visits": list(range(50_000)), "seen": ["2026-06-01"] * 50_000})  # fmt: skip
    pq.write_table(table, tmp_path / "leads.parquet", compression="none")
    content = bytearray((tmp_path / "leads.parquet").read_bytes())
    content[200:1000] = b"\xff" * 800
    (tmp_path / "leads.parquet").write_bytes(content)
    job = job_of(written(ALONE, tmp_path / "model.yml"), [tmp_path / "leads.parquet"], tmp_path)
    refused(spark, job, InputError)


def test_dates_of_two_readings_are_refused(spark: Any, tmp_path: Path) -> None:
    export = written("id,company,visits,seen\n1,a,2,03/04/2026\n", tmp_path / "leads.csv")
    log = written("id,event,time,value\n1,open,2026-06-01,\n", tmp_path / "log.csv")
    refused(spark, job_of(written(MODEL, tmp_path / "model.yml"), [export], tmp_path, [log]), ConfigError)


def test_what_an_engine_does_not_do_is_said_before_anything_is_read(tmp_path: Path, spark: Any) -> None:
    job = job_of(written(ALONE, tmp_path / "model.yml"), [tmp_path / "none.csv"], tmp_path, formats=["xlsx"])
    with pytest.raises(UsageError, match="xlsx"):
        score_on_engine(replace(job, write_back=True), Engine())


def test_a_folder_of_others_is_not_replaced(spark: Any, tmp_path: Path) -> None:
    written("mine", tmp_path / "mine.txt")
    job = job_of(written(ALONE, tmp_path / "model.yml"), [tmp_path / "model.yml"], tmp_path)
    with pytest.raises(PublishError, match="did not write"):
        score_on_session(spark, job, Engine())


def test_no_leads_give_the_columns_of_every_output(spark: Any, tmp_path: Path) -> None:
    export = written("id,company,visits,seen\n", tmp_path / "leads.csv")
    config = written(ALONE + "checks: {min_rows: 0}\n", tmp_path / "model.yml")
    assert (
        differences(*run_both(spark, job_of(config, [export], tmp_path, formats=["csv", "parquet"]), 2)) == []
    )


def test_a_result_in_parts_is_no_earlier_run_and_said_to_be_none(spark: Any, tmp_path: Path) -> None:
    export = written("id,company,visits,seen\n1,a,2,2026-06-01\n", tmp_path / "leads.csv")
    job = job_of(written(ALONE, tmp_path / "model.yml"), [export], tmp_path)
    score_on_session(spark, replace(job, out=tmp_path / "engine"), Engine(partitions=1))
    with pytest.raises(InputError, match="was written in parts by --engine spark"):
        score_export(replace(job, out=tmp_path / "next", previous=tmp_path / "engine"))
