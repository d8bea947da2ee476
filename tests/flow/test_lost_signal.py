"""Arousals of nights with a flat channel, jittered records or small gaps.

Nights of 5 h from the simulator, seed 7, which draws 15.7 arousals an hour of sleep.
They are staged by YASA and searched by the network, as `psgkit report` does.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from surveys import ALL_NIGHTS

from psgkit import analyse, simulate_night
from psgkit.domain.night import Night
from psgkit.simulate import SimulatedNight
from psgkit.simulate.edf_gaps import leave_gaps_out

HOURS, SEED, RATE_HZ = 5.0, 7, 128
FLAT = "flat:C4-M1@5400+7200"  # from 1.5 to 3.5 h


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    # Each record keeps room for its time beside the annotations of stages.
    night = simulate_night(HOURS, seed=SEED, rate_hz=RATE_HZ)
    return night.write(folder / "night.edf", annotations={"stages"})


def with_times(path: Path, copy: Path, times_s: Sequence[float]) -> Path:
    """Return an EDF+D with the same samples and other times of its records.

    The annotations of stages go, so that YASA stages.
    """
    copy.write_bytes(path.read_bytes())
    leave_gaps_out(copy, [f"+{t:.6f}\x14\x14\x00".encode() for t in times_s])
    return copy


def n_records_of(path: Path) -> int:
    with path.open("rb") as stream:
        return int(stream.read(256)[236:244])


@pytest.fixture(scope="module")
def whole(clean: Path) -> Night:
    return analyse(clean, stager="yasa-fast")


def simulated_flat(seed: int) -> SimulatedNight:
    return simulate_night(HOURS, seed=seed, rate_hz=RATE_HZ, faults=[FLAT])


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """Return the night with a flat channel, from a file without stages."""
    folder = tmp_path_factory.mktemp("flat")
    return analyse(simulated_flat(SEED).write(folder / "flat.edf"))


@pytest.mark.slow
def test_a_channel_that_is_flat_for_two_hours_costs_no_arousals(
    whole: Night, flat: Night
):
    per_h = whole.measures["ari_per_h"]  # 14.23; 14.07 with the flat channel
    assert flat.measures["ari_per_h"] == pytest.approx(per_h, rel=0.1)
    used = flat.provenance.channels_used["arousals_central"]
    assert "C4-M1" in used
    assert "C3-M2" in used


STAGED = """14.3 % low: staging by YASA calls epochs with an arousal wake; by the true
stages the night is right (test_arousals_lost_channel.py)"""


@pytest.mark.slow
def test_staged_automatically_the_index_is_within_a_tenth_of_the_truth(flat: Night):
    """Seed 7 is 3.3 % low. Five more: -3.8, +5.9, -14.3 (1403), -2.1, -3.9 %."""
    check_index(flat, simulated_flat(SEED))


@pytest.mark.slow
@pytest.mark.skipif(not ALL_NIGHTS, reason="with PSGKIT_ALL_NIGHTS=1")
@pytest.mark.xfail(strict=True, reason=STAGED)
def test_of_six_nights_one_is_not_within_a_tenth():
    simulated = simulated_flat(1403)
    check_index(analyse(simulated), simulated)


def check_index(night: Night, simulated: SimulatedNight) -> None:
    truth = simulated.truth.scoring
    slept_h = float(np.isin(truth.stages, (1, 2, 3, 4)).sum()) * 30 / 3600
    assert truth.arousals is not None
    true_per_h = len(truth.arousals) / slept_h
    assert night.measures["ari_per_h"] == pytest.approx(true_per_h, rel=0.1)


@pytest.mark.slow
def test_times_of_records_that_jitter_by_20_ms_change_no_number(
    clean: Path, whole: Night, tmp_path: Path
):
    n_records = n_records_of(clean)
    rng = np.random.default_rng(1)
    scattered = np.arange(n_records) + rng.uniform(-0.02, 0.02, n_records)
    scattered[0] = 0.0
    uneven = with_times(clean, tmp_path / "uneven.edf", scattered.tolist())
    jittered = analyse(uneven, stager="yasa-fast")

    index = whole.measures["ari_per_h"]
    # seen: 15.498 in both
    assert jittered.measures["ari_per_h"] == pytest.approx(index, rel=0.05)
    assert "gaps" not in {issue.code for issue in jittered.issues}


@pytest.mark.slow
def test_a_gap_of_up_to_5_s_in_each_minute_hides_no_arousal_beside_it(
    clean: Path, tmp_path: Path
):
    n_records = n_records_of(clean)
    rng = np.random.default_rng(1)
    gaps_s = np.where(
        np.arange(n_records) % 60 == 59, rng.uniform(0.1, 5, n_records), 0
    )
    times_s = np.arange(n_records) + np.cumsum(gaps_s)
    night = analyse(with_times(clean, tmp_path / "gaps.edf", times_s.tolist()))

    index = night.measures["ari_per_h"]
    # the clean night has 15.5; the network found 2.3 when each gap was silence to it
    if np.isnan(index):
        assert "signal" in night.reasons["ari_per_h"]
    else:
        assert index == pytest.approx(15.5, rel=0.25)


@pytest.mark.slow
def test_gaps_that_withhold_a_number_stand_in_its_reason(tmp_path: Path):
    """A gap of 1 s after each 20 s spoils one or two of the 5-s windows in 21 s."""
    stages = ["N2"] * 60 + ["R"] * 20
    simulated = simulate_night(hypnogram=stages, seed=3, rate_hz=100)
    clean = simulated.write(tmp_path / "clean.edf", annotations={"stages"})
    onsets_s = np.arange(40 * 60) + np.arange(40 * 60) // 20
    path = with_times(clean, tmp_path / "gaps.edf", onsets_s.tolist())
    night = analyse(path, scoring=[*stages, "R", "R", "R", "R"])

    for name in ("ari_per_h", "ari_nrem_per_h"):
        hidden = "gaps in the recording hide arousals in over a tenth of this sleep"
        assert np.isnan(night.measures[name])
        assert night.reasons[name] == hidden
    for name in ("isf_relpeak", "hrv_rmssd_ms__N2", "ap_exp_low__C4_M1__N2"):
        assert np.isnan(night.measures[name])
        _, _, gaps = night.reasons[name].partition("; gaps in the recording take ")
        share, _, stage = gaps.partition(" % of ")
        assert stage == "N2"
        assert 100 * 5 / 21 < float(share) < 100 * 10 / 21
    assert "gaps" not in night.reasons["spo2_mean_pct"]
