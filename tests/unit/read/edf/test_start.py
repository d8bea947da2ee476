"""When it began and who it was, as far as that may be known."""

import datetime as dt
from pathlib import Path

import pytest
from edf_makers import make_edf

from psgkit.domain.clock import UNKNOWN_DATE, has_date
from psgkit.read import read_recording


def start_of(path: Path) -> dt.datetime | None:
    return read_recording(path).start


def test_date_and_time(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf")

    assert start_of(path) == dt.datetime(2021, 3, 2, 22, 15, 30)


@pytest.mark.parametrize(
    ("date", "year"), [("02.03.85", 1985), ("02.03.99", 1999), ("02.03.84", 2084)]
)
def test_two_digits_are_clipped_at_1985(tmp_path: Path, date: str, year: int):
    # EDF specification: 85 to 99 mean 1985 to 1999, 00 to 84 mean 2000 to 2084.
    path = make_edf(tmp_path / "night.edf", date=date, recording="", kind="")

    start = start_of(path)

    assert start is not None
    assert start.year == year


def test_the_long_date_of_edf_plus_goes_before_the_short_one(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", date="02.03.yy", recording="Startdate 02-MAR-2091 X X X"
    )

    start = start_of(path)

    assert start is not None
    assert start.year == 2091


@pytest.mark.parametrize(
    ("date", "recording"),
    [
        ("01.01.85", ""),
        ("01.01.85", "Startdate X X X X"),
        ("02.03.21", "Startdate X X X X"),
        ("01.01.00", "Startdate 01-JAN-1900 X X X"),
        ("00.00.00", ""),
        ("31.02.21", ""),
        ("x", ""),
        ("", ""),
    ],
)
def test_an_unknown_date_leaves_the_time_of_day(
    tmp_path: Path, date: str, recording: str
):
    path = make_edf(tmp_path / "night.edf", date=date, recording=recording)

    start = start_of(path)

    assert start == dt.datetime.combine(UNKNOWN_DATE, dt.time(22, 15, 30))
    assert not has_date(start)


@pytest.mark.parametrize("time", ["26.00.99", "24.00.00", "12.60.00", "", "ab.cd.ef"])
def test_an_invalid_time_is_no_start_and_said(tmp_path: Path, time: str):
    recording = read_recording(make_edf(tmp_path / "night.edf", time=time))

    assert recording.start is None
    assert "start_unknown" in [issue.code for issue in recording.issues]


def test_other_separators_are_read(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", date="02/03/21", time="22:15:30", recording=""
    )

    assert str(start_of(path)) == "2021-03-02 22:15:30"


def test_the_first_record_brings_the_part_of_a_second(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", n_records=2, onsets=["+0.394", "+1.394"])

    start = start_of(path)

    assert start is not None
    assert start.microsecond == 394000


def test_an_unknown_date_stays_unknown_past_midnight(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        n_records=1,
        date="01.01.85",
        recording="Startdate X X X X",
        time="23.59.59",
        kind="EDF+D",
        onsets=["+7201"],
    )

    assert start_of(path) == dt.datetime.combine(UNKNOWN_DATE, dt.time(2, 0))


@pytest.mark.parametrize(
    ("patient", "age_y", "sex"),
    [
        ("X F 02-MAR-1980 X", 41.0, "F"),
        ("X F 03-MAR-1980 X", 40.0, "F"),  # the birthday is tomorrow
        ("77 M X Jo", None, "M"),
        ("X F X Female_33yr", 33.0, "F"),  # as Sleep-EDF has it
        ("X X X X", None, None),
        ("X F 31-FEB-1980 X", None, "F"),
        ("X F 02-MAR-2030 X", None, "F"),  # not yet born
        ("X F 02-MAR-1850 X", None, "F"),
        ("Smith John 1980", None, None),
        ("", None, None),
    ],
)
def test_age_and_sex_of_the_patient_field(
    tmp_path: Path, patient: str, age_y: float | None, sex: str | None
):
    recording = read_recording(make_edf(tmp_path / "night.edf", patient=patient))

    assert (recording.age_y, recording.sex) == (age_y, sex)


def test_without_a_date_there_is_no_age(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        patient="X F 02-MAR-1980 X",
        recording="Startdate X X X X",
    )

    assert read_recording(path).age_y is None
