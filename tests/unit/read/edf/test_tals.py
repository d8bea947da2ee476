"""Time-stamped annotation lists, byte by byte as EDF+ describes them."""

import math

import pytest

from psgkit.read.edf.tals import Tal, parse_tals, record_onset


def test_the_example_of_the_edf_plus_specification():
    # EDF+ specification, section 2.2.2 and 2.2.4.
    block = (
        b"+567\x14\x14\x00"
        b"+0\x14Recording starts\x14\x00"
        b"+0.7\x14\x14\x00"
        b"-0.065\x14Pre-stimulus beep 1000Hz\x14\x00"
        b"+1800.2\x1525.5\x14Apnea\x14\x00\x00\x00"
    )

    tals = list(parse_tals(block))

    assert [tal.onset_s for tal in tals] == [567.0, 0.0, 0.7, -0.065, 1800.2]
    assert tals[-1].duration_s == 25.5
    assert math.isnan(tals[1].duration_s)
    assert [t for tal in tals for t in tal.texts if t] == [
        "Recording starts",
        "Pre-stimulus beep 1000Hz",
        "Apnea",
    ]


def test_one_list_may_hold_several_texts():
    (tal,) = parse_tals(b"+180\x14Lights off\x14Close door\x14\x00")

    assert tal.texts[:2] == ("Lights off", "Close door")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Éveil".encode(), "Éveil"),
        ("Éveil".encode("latin-1"), "Éveil"),
        ("覚醒".encode(), "覚醒"),
    ],
)
def test_texts_are_utf8_or_latin1(raw: bytes, text: str):
    (tal,) = parse_tals(b"+1\x14" + raw + b"\x14\x00")

    assert tal.texts[0] == text


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\x00", b"abc\x14x\x14\x00", b"+\x14\x00", b"\xff" * 30]
)
def test_what_is_no_list_is_passed_over(junk: bytes):
    assert list(parse_tals(junk)) == []
    assert math.isnan(record_onset(junk))


def test_an_unended_list_at_the_end_of_a_record_is_read():
    assert list(parse_tals(b"+3\x152\x14Arousal\x14")) == [
        Tal(3.0, 2.0, ("Arousal", ""))
    ]
