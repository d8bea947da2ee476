"""Headers as they are: read where they can be, refused with every fault named."""

import os
from pathlib import Path

import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf

from psgkit.errors import UnreadableRecording, UnreadableScoring
from psgkit.read import read_recording, read_scoring
from psgkit.read.edf.header import read_header


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"1 W\n2 N1\n3 N2\n", "not an EDF or BDF file"),
        (b"0       " + b" " * 40, "ends within its header"),
        (b"\xff\xd8\xff\xe0 JFIF", "not an EDF or BDF file"),
    ],
)
def test_what_is_no_edf_is_refused(tmp_path: Path, content: bytes, sentence: str):
    path = tmp_path / "night.edf"
    path.write_bytes(content)

    with pytest.raises(UnreadableRecording, match=sentence):
        read_recording(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(UnreadableRecording, match=r"no file nowhere\.edf"):
        read_recording(tmp_path / "nowhere.edf")


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableRecording, match="is a folder"):
        read_recording(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "night.edf")
    with pytest.raises(UnreadableRecording, match="pipe"):
        read_recording(tmp_path / "night.edf")
    with pytest.raises(UnreadableScoring, match="pipe"):
        read_scoring(tmp_path / "night.edf")


def test_a_path_that_no_system_takes_is_refused():
    with pytest.raises(UnreadableRecording):
        read_recording("night\0.edf")


def test_all_faults_are_told_together(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        [EdfSignal(physical=("low", "3276.7"), digital=("-32768", "1e"))],
        record_s="one",
        declared="many",
    )

    with pytest.raises(UnreadableRecording) as caught:
        read_header(path)

    message = str(caught.value)
    for fault in (
        "length of a data record",
        "the limits of every signal are blank or not numbers",
        "number of data records",
    ):
        assert fault in message
    # A field of a header that is a few bytes off could hold a name.
    for text in ("low", "many"):
        assert text not in message


# What Python, C and Fortran write where there is no number, and what only Python reads.
NO_NUMBERS = [
    *("nan", "inf", "1_000", "0x10", "--5", "", "-3e768"),
    *("NaN", "1.#INF", "-1.#IND", "********"),
]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_file_without_any_limits_is_refused(tmp_path: Path, text: str):
    path = make_edf(tmp_path / "night.edf", [EdfSignal(physical=(text, "100"))])

    with pytest.raises(UnreadableRecording, match="limits of every signal are blank"):
        read_header(path)


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize("field", ["physical", "digital"])
def test_one_channel_without_limits_costs_the_others_nothing(
    tmp_path: Path, text: str, field: str
):
    lost = EdfSignal(label="Pleth", **{field: (text, text)})
    path = make_edf(tmp_path / "night.edf", [EdfSignal(), lost])

    recording = read_recording(path)

    (issue,) = [i for i in recording.issues if i.code == "limits_unreadable"]
    assert "Pleth" in issue.message
    assert issue.severity == "note"
    eeg, pleth = recording.channels
    assert np.isfinite(recording.signal(eeg)).all()
    assert np.isnan(recording.signal(pleth)).all()


@pytest.mark.parametrize(
    ("text", "value"), [("-100,5", -100.5), ("-1.005e2", -100.5), ("-100.5\0", -100.5)]
)
def test_numbers_are_read_as_writers_write_them(
    tmp_path: Path, text: str, value: float
):
    path = make_edf(tmp_path / "night.edf", [EdfSignal(physical=(text, "100"))])

    assert read_header(path).signals[0].physical == (value, 100.0)


@pytest.mark.parametrize(
    ("raw", "text"),
    [("Œil".encode(), "Œil"), ("K\xf6rper".encode("latin-1"), "Körper")],
)
def test_labels_are_utf8_or_latin1(tmp_path: Path, raw: bytes, text: str):
    path = make_edf(tmp_path / "night.edf", [EdfSignal(label=raw)])

    assert read_header(path).signals[0].label == text


@pytest.mark.parametrize("count", ["0", "-1", "9999", "x"])
def test_a_wrong_number_of_signals_is_refused(tmp_path: Path, count: str):
    path = make_edf(tmp_path / "night.edf")
    raw = bytearray(path.read_bytes())
    raw[252:256] = count.ljust(4).encode()
    path.write_bytes(raw)

    with pytest.raises(UnreadableRecording, match="signal"):
        read_header(path)


def test_a_wrong_header_size_is_passed_over_where_the_file_agrees(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", header_bytes="256")

    assert read_header(path).header_bytes == 512


def test_a_wrong_header_size_is_refused_where_the_file_disagrees(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", header_bytes="256", tail=b"\0" * 77)

    with pytest.raises(UnreadableRecording, match="its size is given as '256'"):
        read_header(path)


@pytest.mark.parametrize("record_s", ["0", "-1"])
def test_records_must_last(tmp_path: Path, record_s: str):
    path = make_edf(tmp_path / "night.edf", record_s=record_s)

    with pytest.raises(UnreadableRecording, match="a data record lasts"):
        read_header(path)


def test_a_rate_beyond_reason_is_refused(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", record_s="0.0001")

    with pytest.raises(UnreadableRecording, match=r"100 samples in 0\.0001 s"):
        read_header(path)


def test_no_message_and_no_repr_shows_the_patient(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        patient="123 F 02-MAY-1951 Maria_Muster",
        recording="Startdate 02-MAR-2021 H77 Dr_House Lab",
        record_s="x",
    )
    with pytest.raises(UnreadableRecording) as caught:
        read_header(path)
    good = make_edf(
        tmp_path / "good.edf",
        patient="123 F 02-MAY-1951 Maria_Muster",
        recording="Startdate 02-MAR-2021 H77 Dr_House Lab",
    )

    shown = str(caught.value) + repr(read_header(good)) + repr(read_recording(good))

    for word in ("Muster", "1951", "House", "H77", "123"):
        assert word not in shown
