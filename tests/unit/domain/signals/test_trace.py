"""A channel that is read in parts has the samples of the whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf

import psgkit
from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Gap, Recording
from psgkit.domain.signals import trace as traces
from psgkit.domain.signals.trace import Trace, in_parts, is_missing, trace_of
from psgkit.measure.signals.centring import centre_of, centred
from psgkit.read.read_ahead import read_ahead


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("trace") / "night.edf"
    psgkit.simulate_night(hours=0.2, seed=3, rate_hz=100.0).write(path)
    return psgkit.read_recording(path)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "_AT_A_TIME", 1000)


def held(recording: Recording, *channels: Channel) -> Recording:
    return read_ahead(recording, channels)


def test_a_slice_is_that_of_the_array(recording: Recording) -> None:
    channel = recording.channels[0]
    whole, trace = (
        recording.signal(channel),
        trace_of(held(recording, channel), channel),
    )
    assert isinstance(trace, Trace)
    assert len(trace) == len(whole)
    for part in (
        slice(None),
        slice(17, 4711),
        slice(5, 5),
        slice(70_000, 90_000),
        slice(-3, None),
        slice(0, None, 7),
        slice(3, 5000, 1200),
    ):
        np.testing.assert_array_equal(trace[part], whole[part])
    joined = np.concatenate([part for _, part in in_parts(trace)])
    np.testing.assert_array_equal(joined, whole)


def test_a_difference_of_two_signals_is_held_together(recording: Recording) -> None:
    first, second = recording.channels[:2]
    channel = replace(first, reference_index=second.index)
    trace = trace_of(held(recording, channel), channel)
    assert isinstance(trace, Trace)
    expected = recording.signal(first) - recording.signal(second)
    np.testing.assert_array_equal(trace[:], expected)


def test_lost_seconds_are_missing(recording: Recording) -> None:
    channel = recording.channels[0]
    lost = replace(recording, lost=((channel.label, Gap(100.0, 30.0)),))
    trace = trace_of(held(lost, channel), channel)
    assert isinstance(trace, Trace)
    assert not trace.is_complete
    assert np.flatnonzero(is_missing(trace))[[0, -1]].tolist() == [10_000, 12_999]
    whole = lost.signal(channel)
    assert centre_of(trace) == pytest.approx(np.nanmean(whole), rel=1e-12)
    np.testing.assert_array_equal(centred(trace, 2.0), centred(whole, 2.0))


def test_whole_numbers_without_a_gap_are_complete(recording: Recording) -> None:
    channel = recording.channels[0]
    trace = trace_of(held(recording, channel), channel)
    assert isinstance(trace, Trace)
    assert trace.is_complete
    assert not is_missing(trace).any()
    assert np.isfinite(trace[:]).all()


def test_a_file_with_a_gap_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "gap.edf"
    make_edf(
        path,
        [EdfSignal("EEG C4-A1", rate=100)],
        n_records=4,
        kind="EDF+D",
        onsets=["+0", "+1", "+5", "+6"],
    )
    recording = psgkit.read_recording(path)
    (channel,) = recording.channels
    whole = recording.signal(channel)
    trace = trace_of(held(recording, channel), channel)
    assert not (isinstance(trace, Trace) and trace.is_complete)
    np.testing.assert_array_equal(is_missing(trace), np.isnan(whole))
    assert is_missing(trace).sum() == 300


def test_a_channel_that_was_not_asked_for_is_an_array(recording: Recording) -> None:
    ahead = held(recording, recording.channels[0])
    other = recording.channels[1]
    np.testing.assert_array_equal(trace_of(ahead, other), recording.signal(other))


def test_an_array_stays_one() -> None:
    values = np.arange(300.0)
    channel = Channel(Role.C4_M1, "C4", 0, 100.0)
    recording = Recording("a", None, 3.0, (channel,), ArraySource((values,), (100.0,)))
    assert trace_of(recording, channel) is not None
    np.testing.assert_array_equal(trace_of(recording, channel)[:], values)


@pytest.mark.parametrize("size", [1, 1000, 2_000_001, 3_333_333])
def test_the_centre_is_numpys_mean(size: int) -> None:
    values = np.random.default_rng(4).normal(7, 30, size)
    assert centre_of(values) == values.mean()
