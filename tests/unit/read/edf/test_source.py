"""Samples come by channel, by part, at their own rate."""

import pickle
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf
from hypothesis import given, settings
from hypothesis import strategies as st

from psgkit.domain.recording import Recording
from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return 40 s at 64 Hz with a break from 20 to 25.5 s; values tell the sample."""
    onsets = [f"+{r}" for r in range(20)] + [f"+{r + 5.5}" for r in range(20, 40)]
    path = make_edf(
        tmp_path_factory.mktemp("ramp") / "night.edf",
        [EdfSignal("SpO2", rate=1, unit="%"), EdfSignal(rate=64)],
        n_records=40,
        kind="EDF+D",
        onsets=onsets,
    )
    return read_recording(path)


@given(start=st.floats(0, 50), length=st.floats(0, 50))
@settings(deadline=None, max_examples=60)
def test_a_part_is_what_the_whole_holds_there(
    ramp: Recording, start: float, length: float
):
    channel = ramp.channels[1]
    whole = ramp.signal(channel)
    times = np.arange(whole.size) / 64
    stop = start + length

    part = ramp.signal(channel, start, stop)

    inside = (times >= start - 1e-8) & (times < stop - 1e-8)
    np.testing.assert_array_equal(part, whole[inside])


def test_nothing_is_read_beyond_the_end(ramp: Recording):
    assert ramp.signal(ramp.channels[1], 1000.0, 2000.0).size == 0
    assert ramp.signal(ramp.channels[1], 45.0, 2000.0).size == 32


def test_samples_have_three_bytes_in_bdf(tmp_path: Path):
    values = [-8_388_608, -1, 0, 1, 255, 256, 65_536, 8_388_607]
    path = make_edf(
        tmp_path / "night.bdf",
        [
            EdfSignal(
                rate=8,
                physical=("-8388608", "8388607"),
                digital=("-8388608", "8388607"),
                samples=values,
            )
        ],
        n_records=1,
        version=b"\xffBIOSEMI",
    )

    recording = read_recording(path)

    assert recording.signal(recording.channels[0]).tolist() == values


def test_a_negative_gain_turns_the_signal_over(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf",
        [
            EdfSignal(
                rate=4,
                physical=("500", "-500"),
                digital=("-1000", "1000"),
                samples=[-1000, -500, 0, 1000],
            )
        ],
        n_records=1,
    )

    recording = read_recording(path)

    assert recording.signal(recording.channels[0]).tolist() == [500, 250, 0, -500]
    assert [issue.code for issue in recording.issues] == ["gain_negative"]


def test_equal_limits_leave_a_channel_without_scale(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", [EdfSignal(physical=("0", "0")), EdfSignal("SpO2")]
    )

    recording = read_recording(path)

    assert np.isnan(recording.signal(recording.channels[0])).all()
    assert recording.channels[0].to_uv is None
    assert [(i.code, i.severity.value) for i in recording.issues] == [
        ("limits_equal", "error")
    ]


def test_limits_beyond_sixteen_bits_are_said(tmp_path: Path):
    path = make_edf(
        tmp_path / "night.edf", [EdfSignal(digital=("-8388608", "8388607"))]
    )

    assert [issue.code for issue in read_recording(path).issues] == ["digital_limits"]


def test_a_recording_can_be_sent_to_another_process(ramp: Recording):
    sent = pickle.loads(pickle.dumps(ramp))  # noqa: S301 - our own bytes

    np.testing.assert_array_equal(
        sent.signal(sent.channels[1]), ramp.signal(ramp.channels[1])
    )


def test_a_file_that_shrinks_or_goes_is_said(tmp_path: Path):
    path = make_edf(tmp_path / "night.edf")
    recording = read_recording(path)

    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UnreadableRecording, match="became shorter"):
        recording.signal(recording.channels[0])
    path.unlink()
    with pytest.raises(UnreadableRecording, match="can no longer be read"):
        recording.signal(recording.channels[0])


@pytest.mark.skipif(sys.platform == "win32", reason="files with holes")
def test_one_channel_of_a_large_file_takes_its_own_memory_and_little_more(
    tmp_path: Path,
):
    # 25 channels, 512 Hz, 3 h: 276 MB on disk, of zeros that take no room there.
    path = make_edf(
        tmp_path / "night.edf",
        [EdfSignal(f"EEG {n}", rate=512) for n in range(25)],
        n_records=1,
        declared="10800",
    )
    with path.open("r+b") as stream:
        stream.truncate(256 * 26 + 10800 * 25 * 512 * 2)
    recording = read_recording(path)
    recording.signal(recording.channels[7], 0.0, 1.0)  # MNE is imported

    tracemalloc.start()
    signal = recording.signal(recording.channels[7])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert signal.size == 10800 * 512
    assert peak < signal.nbytes + 30_000_000
