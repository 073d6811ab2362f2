"""test_arms: leads are dealt to pilot and control by their ids, the same today and in ten years."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.arms import Arms
from leadscore.model.load import load_content
from tests.running import model_of

IDS = ["1", "2", "3", "7", "007", "105271", "90071992547409930004", "a@b.example", "پریسا", " 1"]
TRIAL, HALVES = "pilot autumn 2026", {"pilot": "50%", "control": "50%"}
THREE = {"a": "10%", "b": "30%", "control": "60%"}

ids = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=20)


def deal(shares: dict[str, str], dealt: list[str], name: str = TRIAL) -> list[str]:
    arms = Arms.model_validate({"name": name, "shares": shares})
    return [list(shares)[place] for place in arms.deal(dealt).tolist()]


def test_what_was_recorded_once_holds_for_ever() -> None:
    """Were these to change, leads would change arms in the middle of a trial that somebody runs."""
    p, c = "pilot", "control"
    assert deal(HALVES, IDS) == [c, c, p, p, c, p, c, p, c, p]
    assert deal(HALVES, IDS, "another") == [c, p, c, c, p, p, p, c, p, c]
    assert deal(THREE, IDS) == [c, c, "a", "b", c, "b", c, "b", c, "b"]


@given(ids, st.lists(st.integers(1, 1_000), min_size=2, max_size=6), st.text("abc ", min_size=1))
def test_an_arm_is_the_first_whose_share_reaches_above_the_hash(
    dealt: list[str], weights: list[int], name: str
) -> None:
    weights[-1] = 10_000 - sum(weights[:-1])
    shares = {f"arm {place}": f"{weight / 100:.2f}%" for place, weight in enumerate(weights)}
    name = f"x{name}x"
    expected = []
    for id_ in dealt:
        first = hashlib.sha256(f"{name}\0{id_}".encode()).hexdigest()[:16]
        part, below = Fraction(int(first, 16), 2**64), Fraction(0)
        for arm, weight in zip(shares, weights, strict=True):
            below += Fraction(weight, 10_000)
            if part < below:
                expected.append(arm)
                break
    assert deal(shares, dealt, name) == expected


@given(ids, ids)
def test_more_leads_change_nobodys_arm(dealt: list[str], more: list[str]) -> None:
    arms = deal(THREE, dealt)
    assert deal(THREE, more + dealt)[len(more) :] == arms
    assert [deal(THREE, [id_])[0] for id_ in dealt] == arms


MANY = [str(number) for number in range(100_000)]


def test_of_many_leads_each_arm_has_its_share() -> None:
    dealt = np.array(deal(THREE, MANY))
    for arm, share in {"a": 0.1, "b": 0.3, "control": 0.6}.items():
        deviation = (len(MANY) * share * (1 - share)) ** 0.5
        assert abs((dealt == arm).sum() - len(MANY) * share) < 4 * deviation


def test_a_new_name_deals_anew_without_regard_to_the_old_arms() -> None:
    before, after = (np.array(deal(HALVES, MANY, name)) for name in ("spring", "autumn"))
    assert abs((before == after).mean() - 0.5) < 4 * 0.5 / len(MANY) ** 0.5


def test_a_larger_share_for_the_first_arm_takes_leads_from_the_second_only() -> None:
    before, after = deal(HALVES, MANY), deal({"pilot": "60%", "control": "40%"}, MANY)
    changes = {(one, other) for one, other in zip(before, after, strict=True) if one != other}
    assert changes == {("control", "pilot")}


def test_shares_need_not_be_halves() -> None:
    thirds = {"a": "33.34%", "b": "0.3333", "c": "33.33%"}
    assert set(deal(thirds, IDS)) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("arms", "key", "said"),
    [
        ("{name: x, shares: {a: 50%, b: 40%}}", "arms.shares", "add up to 90 %, not to 100 %"),
        ("{name: x, shares: {a: 50%, b: 50.01%}}", "arms.shares", "add up to 100.01 %, not to 100 %"),
        ("{name: x, shares: {a: 100%, b: 0%}}", "arms.shares", "has an arm that gets no leads"),
        ("{name: x, shares: {a: 100%}}", "arms.shares", "has not two arms; write for example"),
        ("{name: x, shares: {a: 150%, b: 50%}}", "arms.shares.a", "is more than the whole"),
        ("{name: x, shares: {a: half, b: 50%}}", "arms.shares.a", "is not a share"),
        ("{name: x, shares: [a, b]}", "arms.shares", "must be a mapping"),
        ("{shares: {a: 50%, b: 50%}}", "arms.name", "is missing"),
        ("{name: x, share: {a: 50%, b: 50%}}", "arms.share", "did you mean shares?"),
    ],
)
def test_arms_that_cannot_be_dealt_are_refused(arms: str, key: str, said: str) -> None:
    config = model_of("kind: count, field: n, each: 1, cap: 99", head=f"arms: {arms}")
    with pytest.raises(ConfigError) as refused:
        load_content("model.yml", config.encode())
    found = [str(each) for each in refused.value.problems]
    assert any(text.startswith("model.yml:3:") and f"{key}: " in text and said in text for text in found), (
        found
    )


def test_arms_belong_to_the_whole_run_and_not_to_a_segment() -> None:
    arms = "{name: x, shares: {a: 50%, b: 50%}}"
    segments = f"[{{name: some, when: {{n: 1}}, override: {{arms: {arms}}}}}, {{name: rest}}]"
    config = model_of("kind: count, field: n, each: 1, cap: 99", head=f"segments: {segments}")
    with pytest.raises(ConfigError, match=r"arms: belongs to the whole run"):
        load_content("model.yml", config.encode())


def test_no_other_column_may_be_called_arm() -> None:
    head = "arms: {name: x, shares: {a: 50%, b: 50%}}\nscales: {arm: {of: fit, to: percent}}"
    config = model_of("kind: count, field: n, each: 1, cap: 99", head=head)
    with pytest.raises(ConfigError, match=r"scales\.arm"):
        load_content("model.yml", config.encode())
    with pytest.raises(ConfigError, match=r"groups\.arm"):
        load_content("model.yml", config.replace("  fit:", "  arm:").replace("of: fit", "of: score").encode())
