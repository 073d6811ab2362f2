"""test_report: a page that says what the run found, asks for nothing, and tells of nobody if it must not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.running import DAY, SAMPLE, SAMPLE_CONFIG, Place, csv_of, match, model_of, run, strings

CHROMIUM = shutil.which("chromium")
BAD = "<script>alert(1)</script>"
VOID = {"meta", "br", "col"}
BROWSERS_OWN = ("google.com", "googleapis.com", "gvt1.com")
"""What this browser asks by itself, whatever it shows; no page here names them."""


class Page(HTMLParser):
    """The elements of a page, refused where they are not nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def scored(place: Place, *more: object) -> Path:
    arguments = (
        "score",
        SAMPLE,
        "-c",
        SAMPLE_CONFIG,
        "-o",
        place.out,
        "--as-of",
        DAY,
        "--no-cache",
        "-q",
        *more,
    )
    assert run(*arguments).code == 0
    return place.out


def reported(place: Place, *more: object) -> str:
    page = place.folder / "page.html"
    ended = run("report", place.out, "-o", page, *more)
    assert ended.code == 0, ended.said
    return page.read_text("utf-8")


def test_the_page_says_what_the_summary_says(place: Place) -> None:
    scored(place)
    page = Page(reported(place))
    said = "\n".join(page.texts)
    for tier in place.summary()["tiers"]:
        assert f"{tier['leads']:,}" in said
        assert tier["name"] in said
    assert [rule["name"] for rule in place.summary()["rules"] if rule["name"] not in said] == []
    assert place.rows()[0]["lead_id"] in said
    assert place.manifest()["config"]["sha256"][:16] in said


def test_the_page_asks_for_nothing_and_runs_nothing(place: Place) -> None:
    scored(place)
    text = reported(place)
    tags = {tag for tag, _ in Page(text).elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "a", "image"}
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"'<>)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.findall(r"url\((?!#)|@import|\bon[a-z]+=", text)
    assert "default-src &#x27;none&#x27;" in text


def test_every_picture_is_told_in_words_and_no_id_stands_twice(place: Place) -> None:
    scored(place)
    page = Page(reported(place))
    figures = [given for tag, given in page.elements if tag == "figure"]
    assert figures
    assert all(len(given["aria-label"] or "") > 20 for given in figures)
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert len(ids) == len(set(ids))


def test_the_same_run_gives_the_same_bytes(place: Place) -> None:
    scored(place)
    assert reported(place) == reported(place)


def test_with_the_run_the_page_is_part_of_it(place: Place) -> None:
    out = scored(place, "--report")
    assert "report.html" in place.manifest()["outputs"]
    assert run("verify", out).code == 0
    assert (out / "report.html").read_text("utf-8") == reported(place)
    assert scored(place, "--report") == out  # the folder may be replaced by the next run


def test_what_leads_are_called_is_text_and_nothing_else(place: Place) -> None:
    leads = csv_of("lead_id,x", [f'"{BAD}{number}",{BAD}' for number in range(3)])
    config = (
        model_of(match(f'x: "{BAD}"', 20))
        .replace("name: test", f'name: "{BAD}"')
        .replace("rule 1", f"'{BAD}'")
    )
    assert place.score(leads, config).code == 0
    page = Page(reported(place))
    assert "script" not in {tag for tag, _ in page.elements}
    assert sum(BAD in text for text in page.texts) >= 5


@pytest.mark.parametrize("way", ["report", "score"])
def test_without_personal_data_nothing_of_a_lead_is_on_the_page(place: Place, way: str) -> None:
    more = ("--report", "--no-personal-data") if way == "score" else ()
    scored(place, *more)
    text = reported(place, "--no-personal-data")
    text = text if way == "report" else (place.out / "report.html").read_text("utf-8")
    for row in place.rows():
        assert row["lead_id"] not in text
        assert not row["email"] or row["email"] not in text


def test_who_moved_stands_on_the_page(place: Place) -> None:
    leads = "lead_id,x\n1,y\n2,n\n3,n\n"
    config = model_of(match("x: y", 20))
    assert place.score(leads, config).code == 0
    place.out.rename(place.folder / "before")
    assert place.score(leads.replace("2,n", "2,y"), config, "--previous", place.folder / "before").code == 0
    page = Page(reported(place))
    assert "1 up" in "\n".join(page.texts)
    assert "Since the last run" in page.texts


@pytest.mark.parametrize("name", ["summary.json", "ranked.csv", "manifest.json"])
def test_a_run_that_is_not_whole_is_refused_and_the_old_page_stands(place: Place, name: str) -> None:
    scored(place)
    old = reported(place)
    (place.out / name).write_text("{}")
    ended = run("report", place.out, "-o", place.folder / "page.html")
    assert ended.code == 4
    assert name in ended.stderr or "is no run" in ended.stderr
    assert (place.folder / "page.html").read_text("utf-8") == old


def test_what_is_no_file_is_not_replaced(place: Place) -> None:
    scored(place)
    ended = run("report", place.out, "-o", place.out)
    assert ended.code == 6
    assert "is no file; name another one after -o" in ended.stderr


def test_without_the_library_the_command_says_what_to_install(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadscore.views.report.needed.find_spec", lambda name: None)
    scored(place)
    ended = run("report", place.out)
    assert ended.code == 2
    assert "pip install 'leadscore[report]'" in ended.stderr


def test_a_run_of_no_leads_has_a_page(place: Place) -> None:
    config = model_of(match("x: y", 20)) + "checks: {min_rows: 0}\n"
    assert place.score("lead_id,x\n", config).code == 0
    Page(reported(place))


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is not opened in a browser")
def test_a_browser_opens_the_page_without_a_word_and_asks_for_nothing(place: Place, tmp_path: Path) -> None:
    scored(place)
    reported(place)
    page, asked = place.folder / "page.html", tmp_path / "net.json"
    options = (
        "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"
        " --disable-component-update --enable-logging=stderr --v=0"
    ).split()
    own = (f"--log-net-log={asked}", f"--user-data-dir={tmp_path / 'user'}", "--dump-dom", page.as_uri())
    done = subprocess.run([CHROMIUM or "", *options, *own], capture_output=True, text=True, timeout=120)
    assert "First leads" in done.stdout
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    events: dict[str, Any] = json.loads(asked.read_text())
    urls = {text for text in strings(events["events"]) if re.match(r"(https?|wss?)://", text)}
    hosts = {urlsplit(url.split()[0]).hostname or "" for url in urls}
    assert {host for host in hosts if not host.endswith(BROWSERS_OWN)} == set()
