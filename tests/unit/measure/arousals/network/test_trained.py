"""The whole of it on a quarter of an hour: psgscoring's events, and why."""

import numpy as np
import pandas as pd
import pytest
from makers import make_scoring
from psg_makers import DURATION_S, RATE_HZ, Signals, make_recording, make_signals

from psgkit.domain.channels.roles import Role
from psgkit.domain.scoring import SLEEP_STAGES
from psgkit.measure.arousals.network import find_arousals_trained


@pytest.fixture(scope="module")
def signals() -> Signals:
    """Put a burst of alpha and of muscle into every epoch, 10 to 16 s after its start."""
    made = make_signals()
    for onset_s in np.arange(40.0, DURATION_S - 20.0, 30.0):
        inside = slice(round(onset_s * RATE_HZ), round((onset_s + 6.0) * RATE_HZ))
        times_s = np.arange(inside.stop - inside.start) / RATE_HZ
        made[Role.C4_M1][inside] += 40.0 * np.sin(2 * np.pi * 10.0 * times_s)
        made[Role.EMG_CHIN][inside] *= 8.0
    return made


@pytest.mark.parametrize("weight", ["unet_v1", "unet_v2"])
def test_events_are_those_of_psgscoring(signals: Signals, weight: str) -> None:
    unet = pytest.importorskip("psgscoring.arousal_unet")
    answer = unet.detect_arousals_unet(
        *(
            part
            for role in (Role.C4_M1, Role.EOG_L, Role.EMG_CHIN)
            for part in (signals[role], RATE_HZ)
        ),
        ["N2", "N2", "W"] * 10,
        weight=weight,
        min_interval_s=10.0,
        threads=1,
    )
    wanted = [(one["onset_s"], one["duration_s"]) for one in answer["events"]]
    assert len(wanted) > 5
    scoring = make_scoring("22W" * 10)
    found = find_arousals_trained(make_recording(signals), scoring, source=weight)
    rows = found.arousals[["onset_s", "duration_s"]].to_numpy()
    # psgscoring takes none that begins in wake; here sleep 10 s earlier is enough.
    in_sleep, just_before = (
        np.isin(scoring.stages[(moments_s // 30.0).astype(int)], SLEEP_STAGES)
        for moments_s in (rows[:, 0], rows[:, 0] - 10.0)
    )
    np.testing.assert_allclose(rows[in_sleep], wanted, atol=0.021)
    assert just_before[~in_sleep].all()


def test_each_says_what_bands_spindles_and_chin_did(signals: Signals) -> None:
    scoring = make_scoring("2" * 30)
    spindles = pd.DataFrame({"onset_s": [101.0], "duration_s": [1.2]})
    found = find_arousals_trained(
        make_recording(signals), scoring, source="unet_v2", spindles=spindles
    ).candidates
    row = found.iloc[(found["onset_s"] - 100.0).abs().argmin()]
    assert row["alpha_ratio"] > 10
    assert row["emg"]
    # Eight times what it was; the highest of 24 bins of 50 samples is a little more.
    assert 8.0 < row["emg_ratio"] < 8.0 * 1.4
    assert row["spindle_s"] == pytest.approx(1.2)
    assert row["explanation"].startswith("alpha ")
    assert "chin EMG rises to" in row["explanation"]
    assert "1.2 s of spindles" in row["explanation"]


def test_a_still_chin_for_a_while_is_lost_sleep_and_no_more(signals: Signals) -> None:
    changed = {role: values.copy() for role, values in signals.items()}
    first, last = round(300 * RATE_HZ), round(360 * RATE_HZ)
    changed[Role.EMG_CHIN][first:last] = 0.0
    found = find_arousals_trained(
        make_recording(changed), make_scoring("2" * 30), source="unet_v2"
    )
    assert found.lost == ((300.0, 60.0),)
    onsets_s = found.arousals["onset_s"]
    assert not onsets_s.between(300.0, 359.9).any()
    assert len(found.arousals) > 20


def test_the_note_names_the_network_and_what_is_published_of_it(signals) -> None:
    recording, scoring = make_recording(signals), make_scoring("W" * 30)
    for weight, figure in (("unet_v1", "0.745 on 5"), ("unet_v2", "0.763 on 5")):
        found = find_arousals_trained(recording, scoring, source=weight)
        assert found.candidates.empty
        (issue,) = found.issues
        assert issue.code == "arousals_by_network"
        assert f"psgscoring {weight} 0.37" in issue.message
        assert figure in issue.message
