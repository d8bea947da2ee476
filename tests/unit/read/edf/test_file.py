"""A recording as `read_recording` gives it."""

import tracemalloc
from pathlib import Path

import pytest
from edf_makers import EdfSignal, make_edf, make_night_edf

import psgkit
from psgkit.errors import MissingChannel, UnreadableRecording
from psgkit.read import read_recording
from psgkit.settings import ReadSettings


def test_it_is_a_public_name(tmp_path: Path):
    recording = psgkit.read_recording(make_edf(tmp_path / "night.edf"))

    assert recording.id == "night"
    assert recording.path == tmp_path / "night.edf"


def test_an_id_can_be_given(tmp_path: Path):
    assert read_recording(make_edf(tmp_path / "night.edf"), id="n1").id == "n1"


def test_channels_tell_what_the_header_says(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        [
            EdfSignal("EEG C4-A1", rate=200, prefilter="HP:0.3Hz LP:35Hz"),
            EdfSignal("SpO2", rate=1, unit="%", physical=("0", "100")),
        ],
    )

    eeg, spo2 = read_recording(path).channels

    assert (eeg.role, eeg.rate_hz, eeg.to_uv) == ("C4_M1", 200.0, 1.0)
    assert (eeg.highpass_hz, eeg.lowpass_hz) == (0.3, 35.0)
    assert eeg.limits == (-3276.8, 3276.7)
    assert (spo2.role, spo2.rate_hz, spo2.unit, spo2.to_uv) == ("SPO2", 1.0, "%", None)


def test_duplicate_labels_are_told_apart(tmp_path: Path):
    path = make_night_edf(tmp_path / "night.edf", ["EEG", "EEG", "EMG", "EEG"])

    recording = read_recording(path)

    assert recording.labels == ("EEG", "EEG (2)", "EMG", "EEG (3)")
    assert "label_duplicate" in [issue.code for issue in recording.issues]
    chosen = read_recording(path, settings=ReadSettings(channels={"C4_M1": "EEG (2)"}))
    assert chosen.channel("C4_M1").index == 1


def test_labels_stay_apart_where_the_file_numbers_them_too(tmp_path: Path):
    path = make_night_edf(tmp_path / "night.edf", ["EEG", "EEG (2)", "EEG"])

    assert len(set(read_recording(path).labels)) == 3


def test_the_second_of_two_equal_labels_is_read_like_the_first(tmp_path: Path):
    path = make_night_edf(tmp_path / "night.edf", ["C4-A1", "C4-A1", "EMG", "EMG"])

    roles = [channel.role.value for channel in read_recording(path).channels]

    assert roles == ["C4_M1", "EEG", "EMG_CHIN", "EMG"]


def test_oxygen_called_o2_is_no_electrode(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", [EdfSignal("O2", unit="%")])

    recording = read_recording(path)

    assert recording.channels[0].role == "SPO2"
    assert recording.issues == ()


def test_blank_labels_get_a_number(tmp_path: Path):
    recording = read_recording(
        make_night_edf(tmp_path / "night.edf", ["C4-A1", "", ""])
    )

    assert recording.labels == ("C4-A1", "channel 2", "channel 3")
    assert [issue.code for issue in recording.issues] == ["label_blank"]


def test_a_channel_that_is_not_there_is_named(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf")

    with pytest.raises(MissingChannel, match="EEG C4-A1"):
        read_recording(path, settings=ReadSettings(channels={"eeg": "C3"}))


def test_annotations_alone_are_no_recording(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", [], n_records=1, record_s="0", onsets=["+0"]
    )

    with pytest.raises(UnreadableRecording, match="annotations and no signal"):
        read_recording(path)


def test_an_impedance_is_no_signal(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", [EdfSignal("EEG C4-A1", unit="kOhm")])

    assert read_recording(path).channels[0].role == "OTHER"


def test_only_the_header_of_a_large_file_is_read(tmp_path: Path):
    # 9 h, 25 channels of 512 Hz: 830 MB, of which the header and two records are read.
    path = make_edf(
        tmp_path / "night.edf",
        [EdfSignal(f"EEG {n}", rate=512) for n in range(25)],
        n_records=1,
        declared="32400",
    )
    with path.open("r+b") as stream:
        stream.truncate(256 * 26 + 32400 * 25 * 512 * 2)

    tracemalloc.start()
    try:
        recording = read_recording(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert recording.duration_s == 9 * 3600
    assert peak < 10e6
