"""test_sound: what is found of a block 64 bytes at a time is what is found a mark, or a byte, at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, strategies as st

from leadscore.pipeline import bits
from leadscore.pipeline.quoting import CR, LF, Layout
from leadscore.pipeline.scan import _doubt_last, _scan_marks, scan_block
from leadscore.pipeline.sound import sound_records

CELLS = [
    "a",
    '"b"',
    '"c,d"',
    '"e\nf"',
    '"g""h"',
    "",
    '""',
    " x",
    '"x\r\ny"',
    '"q\ry"',
    "=",
    'x"',
    '"y"z',
    "\r",
]
LINES = st.tuples(
    st.lists(st.sampled_from(CELLS), min_size=1, max_size=4),
    st.sampled_from([",", ", "]),
    st.sampled_from(["\n", "\r\n"]),
).map(lambda line: line[1].join(line[0]) + line[2])
TEXTS = st.one_of(st.text('a,"\r\n ', min_size=1, max_size=200), st.lists(LINES, min_size=1).map("".join))
FLAGS = st.lists(st.booleans(), max_size=700) | st.lists(st.sampled_from([False] * 40 + [True]), max_size=700)


@given(
    TEXTS,
    st.integers(0, 200),
    st.sampled_from([LF, LF, CR]),
    st.integers(1, 4),
    st.tuples(*[st.booleans()] * 3),
)
@example('"', 0, LF, 1, (True, False, False))
def test_a_sound_block_is_scanned_as_a_mark_at_a_time(
    text: str, cut: int, newline: int, fields: int, how: tuple[bool, bool, bool]
) -> None:
    spaced, final, last_quotes = how
    octets = np.frombuffer(text.encode()[: len(text.encode()) - cut] or b"a", np.uint8)
    layout = Layout(ord(","), newline, fields, spaced)
    if final and octets[-1] != newline:
        octets = np.append(octets, np.uint8(newline))
    slow = _doubt_last(octets, _scan_marks(octets, layout, last_quotes), layout, final)
    fast = scan_block(octets, layout, final, last_quotes)
    for name in ("starts", "stops", "fields", "lines"):
        assert np.array_equal(getattr(slow, name), getattr(fast, name))
    for name in ("after", "after_line", "multiline", "fault"):
        assert getattr(slow, name) == getattr(fast, name)


def test_sound_bytes_are_not_looked_at_a_mark_at_a_time() -> None:
    text = b'1,"a ""b"" c",x\r\n2,"d\r\n,e",\r\n3,,"f"\r\n'
    found = sound_records(np.frombuffer(text, np.uint8), Layout(ord(","), LF, 3), True)
    assert found is not None
    starts, stops, fields, lines = (each.tolist() for each in found)
    assert [text[start:stop] for start, stop in zip(starts, stops, strict=False)] == [
        b'1,"a ""b"" c",x',
        b'2,"d\r\n,e",',
        b'3,,"f"',
    ]
    assert (fields, lines) == ([3, 3, 3], [0, 1, 3, 4])


@given(FLAGS, st.data())
def test_bits_are_flags(flags: list[bool], data: st.DataObject) -> None:
    some = np.array(flags, dtype=bool)
    packed = bits.pack(some)
    places = np.sort(np.array(data.draw(st.lists(st.integers(0, max(len(flags) - 1, 0)))), dtype=np.int64))
    places = places if flags else places[:0]
    set_ = np.flatnonzero(some)
    assert bits.find(packed).tolist() == set_.tolist()
    odd = [place for place in range(packed.size * 64) if (set_ <= place).sum() % 2]
    assert bits.find(bits.odd(packed)).tolist() == odd
    assert bits.find(bits.before(packed)).tolist() == [place - 1 for place in set_.tolist() if place]
    moved = [place + 1 for place in set_.tolist() if place + 1 < packed.size * 64]
    assert bits.find(bits.after(packed)).tolist() == moved
    assert bits.count_before(packed, places).tolist() == [(set_ < place).sum() for place in places.tolist()]
    assert bits.next_place(packed, places).tolist() == [
        next((found for found in set_.tolist() if found >= place), packed.size * 64)
        for place in places.tolist()
    ]
