"""Records are counted by the file and laid on the clock."""

from pathlib import Path

import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf

from psgkit.domain.recording import Gap
from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording


def codes(path: Path) -> list[str]:
    return [issue.code for issue in read_recording(path).issues]


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("10", None),
        ("-1", "record_count"),
        ("0", "record_count"),
        ("4", "record_count"),
        ("11", "file_truncated"),
    ],
)
def test_the_file_says_how_many_records_there_are(
    tmp_path: Path, declared: str, code: str | None
):
    path = make_edf(tmp_path / "night.edf", n_records=10, declared=declared)

    recording = read_recording(path)

    assert recording.duration_s == 10.0
    assert [issue.code for issue in recording.issues] == ([code] if code else [])


def test_whole_records_of_a_truncated_file_are_read(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", n_records=10, drop=30)

    recording = read_recording(path)

    assert recording.duration_s == 9.0
    assert recording.signal(recording.channels[0]).size == 900
    assert codes(path) == ["file_truncated"]


def test_a_trailing_byte_is_left_unread(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", tail=b"\x1a")

    assert read_recording(path).duration_s == 10.0
    assert codes(path) == ["trailing_bytes"]


def test_a_file_without_a_whole_record_is_refused(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", n_records=1, drop=1)

    with pytest.raises(UnreadableRecording, match="no whole data record"):
        read_recording(path)


def test_gaps_keep_their_place_on_the_clock(tmp_path: Path):
    # Records at 0, 1 and, after a break of 60 s, at 62 and 63 s.
    path = make_edf(
        tmp_path / "night.edf",
        n_records=4,
        kind="EDF+D",
        onsets=["+0", "+1", "+62", "+63"],
    )

    recording = read_recording(path)
    signal = recording.signal(recording.channels[0])

    assert recording.duration_s == 64.0
    assert recording.gaps == (Gap(2.0, 60.0),)
    assert signal.size == 6400
    np.testing.assert_allclose(signal[:200], np.arange(200) * 0.1)
    assert np.isnan(signal[200:6200]).all()
    np.testing.assert_allclose(signal[6200:], np.arange(200, 400) * 0.1)
    np.testing.assert_allclose(
        recording.signal(recording.channels[0], 61.5, 62.02),
        [*[np.nan] * 50, 20.0, 20.1],
    )


def test_the_first_record_may_come_late(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", n_records=2, kind="EDF+D", onsets=["+30.5", "+40.5"]
    )

    recording = read_recording(path)

    assert recording.duration_s == 11.0
    assert recording.gaps == (Gap(1.0, 9.0),)
    assert recording.start is not None
    assert recording.start.time().isoformat() == "22:16:00.500000"


def test_rounded_times_make_no_gap(tmp_path: Path):
    # 128 records of 1/3 s: times are written with three decimals.
    onsets = [f"+{record / 3:.3f}" for record in range(30)]
    path = make_edf(
        tmp_path / "night.edf",
        n_records=30,
        record_s="0.333333",
        kind="EDF+D",
        onsets=onsets,
    )

    assert read_recording(path).gaps == ()


def test_a_slight_overlap_keeps_the_later_samples(tmp_path: Path):
    # Every record comes 0.09 s early: no straight line at the nominal rate fits.
    path = make_edf(
        tmp_path / "night.edf",
        n_records=4,
        kind="EDF+D",
        onsets=["+0", "+0.91", "+1.82", "+2.73"],
    )

    recording = read_recording(path)
    signal = recording.signal(recording.channels[0])

    assert signal.size == 373
    np.testing.assert_allclose(signal[90:92], [9.0, 10.0])
    assert codes(path) == ["records_overlap"]


def test_times_that_scatter_about_a_line_make_no_gap(tmp_path: Path):
    rng = np.random.default_rng(3)
    times = np.arange(120) + rng.uniform(-0.04, 0.04, 120)
    path = make_edf(
        tmp_path / "night.edf",
        n_records=120,
        kind="EDF+D",
        onsets=["+0", *(f"+{time:.3f}" for time in times[1:])],
    )

    recording = read_recording(path)

    assert recording.gaps == ()
    assert recording.duration_s == 120.0
    assert recording.issues == ()
    np.testing.assert_allclose(
        recording.signal(recording.channels[0]), np.arange(12_000) * 0.1
    )


def test_a_clock_that_drifts_makes_no_gap_and_is_told(tmp_path: Path):
    # 0.05 % fast: 1.5 s after 3000 s.
    times = np.arange(3000) * 1.0005
    path = make_edf(
        tmp_path / "night.edf",
        [EdfSignal(rate=1)],
        n_records=3000,
        kind="EDF+D",
        onsets=[f"+{time:.3f}" for time in times],
    )

    recording = read_recording(path)

    assert recording.gaps == ()
    assert recording.duration_s == 3000.0
    assert codes(path) == ["clock_drift"]
    assert "drift by +1.5 s" in recording.issues[0].message


def test_a_gap_among_times_that_scatter_is_found(tmp_path: Path):
    rng = np.random.default_rng(3)
    times = np.arange(100) + rng.uniform(-0.02, 0.02, 100)
    times[50:] += 60.0
    path = make_edf(
        tmp_path / "night.edf",
        n_records=100,
        kind="EDF+D",
        onsets=["+0", *(f"+{time:.3f}" for time in times[1:])],
    )

    (gap,) = read_recording(path).gaps

    assert gap.onset_s == 50.0
    assert gap.duration_s == pytest.approx(60.0, abs=0.03)


def test_records_that_go_back_in_time_are_refused(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", n_records=3, kind="EDF+D", onsets=["+0", "+60", "+30"]
    )

    with pytest.raises(UnreadableRecording, match="data record 3 is marked 31 s"):
        read_recording(path)


def test_a_discontinuous_file_needs_the_times_of_its_records(tmp_path: Path):
    without = make_edf(tmp_path / "a.edf", kind="EDF+D")
    lost = make_edf(
        tmp_path / "b.edf", n_records=3, kind="EDF+D", onsets=["+0", "", "+2"]
    )

    with pytest.raises(UnreadableRecording, match="no annotation signal"):
        read_recording(without)
    with pytest.raises(UnreadableRecording, match="1 of its data records give no time"):
        read_recording(lost)


def test_times_that_no_recording_spans_are_refused(tmp_path: Path):
    weeks = make_edf(
        tmp_path / "a.edf", n_records=2, kind="EDF+D", onsets=["+0", "+9000000"]
    )
    days = make_edf(
        tmp_path / "b.edf", n_records=2, kind="EDF+D", onsets=["+0", "+900000"]
    )
    long = make_edf(tmp_path / "c.edf", record_s="9999999")

    for path in (weeks, long):
        with pytest.raises(UnreadableRecording, match="would last"):
            read_recording(path)
    with pytest.raises(UnreadableRecording, match="holds 2 s of signal and spans"):
        read_recording(days)


def test_a_continuous_file_whose_clock_disagrees_is_said(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf", n_records=3, onsets=["+0", "+1", "+602"])

    recording = read_recording(path)

    assert recording.duration_s == 3.0
    assert codes(path) == ["clock_disagrees"]


def test_rates_need_not_divide_a_second(tmp_path: Path):
    # 10 samples in 3 s, and 100 in the same: 3.33 and 33.3 Hz.
    path = make_edf(
        tmp_path / "night.edf",
        [EdfSignal("EEG C4-A1", rate=100), EdfSignal("SpO2", rate=10, unit="%")],
        n_records=4,
        record_s="3",
    )

    recording = read_recording(path)

    assert [channel.rate_hz for channel in recording.channels] == [100 / 3, 10 / 3]
    assert [recording.signal(c).size for c in recording.channels] == [400, 40]
