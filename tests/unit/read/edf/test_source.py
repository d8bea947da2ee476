"""Samples come by channel, by part, at their own rate."""

import pickle
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf
from hypothesis import given, settings
from hypothesis import strategies as st

from psgkit.domain.recording import Recording
from psgkit.domain.signal_source import Scale
from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording
from psgkit.read.edf.mended_header import SignalGroup
from psgkit.read.edf.source import EdfSource
from psgkit.read.read_ahead import read_ahead


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

    near = 1e-6 / 64  # a time this close to a sample means it
    inside = (times >= start - near) & (times < stop - near)
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


@pytest.fixture
def mixed(tmp_path: Path) -> Recording:
    """Return 12 s at 256, 1, 128 and 100 Hz with breaks, one channel without scale."""
    onsets = [f"+{r if r < 5 else r + 7.25}" for r in range(12)]
    return read_recording(
        make_edf(
            tmp_path / "night.edf",
            [
                EdfSignal(rate=256),
                EdfSignal("SpO2", rate=1, unit="%"),
                EdfSignal("EOG L", rate=128, physical=("-500", "400")),
                EdfSignal("Chin", physical=("0", "0")),
                EdfSignal("ECG", rate=100),
            ],
            n_records=12,
            kind="EDF+D",
            onsets=onsets,
        )
    )


@pytest.mark.parametrize("times", [(0.0, 20.0), (3.3, 6.7), (11.9, 15.01), (5.5, 6.0)])
def test_several_rates_come_in_one_pass_as_they_come_alone(
    mixed: Recording, times: tuple[float, float]
):
    together = mixed.source.read_many((4, 0, 3, 2, 1), *times)

    for index, values in zip((4, 0, 3, 2, 1), together, strict=True):
        alone = mixed.source.read(index, *times)
        np.testing.assert_array_equal(values, alone, err_msg=str(index))


def test_rates_are_read_one_by_one_where_mne_has_changed(
    mixed: Recording, monkeypatch: pytest.MonkeyPatch
):
    expected = mixed.source.read_many((0, 2), 0.0, 20.0)
    opened = mne.io.read_raw_edf

    def other(*arguments, **options):
        raw = opened(*arguments, **options)
        raw._raw_extras[0] = {
            key: value
            for key, value in raw._raw_extras[0].items()
            if key != "data_offset" or len(options["include"]) == 1
        }
        return raw

    monkeypatch.setattr(mne.io, "read_raw_edf", other)
    source = replace(mixed.source, _readers={})
    for values, known in zip(
        source.read_many((0, 2), 0.0, 20.0), expected, strict=True
    ):
        np.testing.assert_array_equal(values, known)


def test_a_night_is_read_once_for_all_of_its_channels(
    mixed: Recording, monkeypatch: pytest.MonkeyPatch
):
    read: list[tuple[int, ...]] = []
    read_many = EdfSource.read_many

    def counted(self, indices, start_s, stop_s):
        read.append(tuple(indices))
        return read_many(self, indices, start_s, stop_s)

    monkeypatch.setattr(EdfSource, "read_many", counted)
    channels = [mixed.channels[index] for index in (2, 0, 4)]
    ahead = read_ahead(mixed, channels, staged=channels[:1])

    for channel in [*channels, *channels]:
        got, alone = ahead.signal(channel), mixed.signal(channel)
        np.testing.assert_allclose(got, alone, rtol=1e-6)
    np.testing.assert_allclose(
        ahead.signal(channels[1], 3.0, 4.0),
        mixed.signal(channels[1], 3.0, 4.0),
        rtol=1e-6,
    )
    assert read.count((2, 0, 4)) == 1


def test_what_is_too_large_to_keep_is_read_in_parts(
    mixed: Recording, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("psgkit.read.read_ahead.MOST_BYTES", 30_000)
    ahead = read_ahead(mixed, mixed.channels)

    for channel in mixed.channels:
        np.testing.assert_allclose(
            ahead.signal(channel), mixed.signal(channel), rtol=1e-6
        )


def test_rates_that_make_too_many_parts_take_one_pass_more(
    mixed: Recording, monkeypatch: pytest.MonkeyPatch
):
    source = mixed.source
    assert isinstance(source, EdfSource)
    indices = (0, 1, 2, 4)  # the other has no scale
    together = source.read_many(indices, 3.0, 17.0)
    assert [reader.members for reader in opened(source)] == [indices]

    monkeypatch.setattr("psgkit.read.edf.source.MOST_PARTS", 20)
    anew = replace(source, _readers={}, _passes={})
    apart = anew.read_many(indices, 3.0, 17.0)

    groups = opened(anew)
    assert [group.members for group in groups] == [(0, 2), (3, 4), (1,)]
    for one, other in zip(together, apart, strict=True):
        np.testing.assert_array_equal(one, other)


def opened(source: EdfSource) -> list[SignalGroup]:
    return [reader.source for reader in source._readers.values()]


def test_a_channel_is_kept_as_counts_and_comes_back_to_the_last_digit(tmp_path: Path):
    random = np.random.default_rng(5)
    signals = [
        EdfSignal(
            rate=256,
            physical=("-1234.5", "987.65"),
            digital=("-32768", "32767"),
            samples=random.integers(-32768, 32768, 256 * 40).tolist(),
        ),
        EdfSignal("EOG L", rate=100, physical=("400", "-500")),
    ]
    recording = read_recording(make_edf(tmp_path / "n.edf", signals, n_records=40))
    ahead = read_ahead(recording, recording.channels)

    for channel in recording.channels:
        np.testing.assert_array_equal(ahead.signal(channel), recording.signal(channel))
        np.testing.assert_array_equal(
            ahead.signal(channel, 3.3, 9.1), recording.signal(channel, 3.3, 9.1)
        )
    kept = ahead.source._held
    assert {one.dtype for one in kept.values()} == {np.dtype(np.int16)}


def test_values_that_are_no_counts_are_kept_as_they_are():
    scale = Scale(step=0.1, offset=-3.0, n_bytes=2)
    counts = np.array([-32768, -1, 0, 7, 32767])

    np.testing.assert_array_equal(scale.counts(scale.values(counts)), counts)
    for values in ([0.1234], [np.nan], [1e9]):
        assert scale.counts(np.array(values)) is None
