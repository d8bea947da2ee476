"""A simulated night and its truth agree with each other."""

import subprocess
import sys

import numpy as np
import pytest

from psgkit.domain.channels.roles import Role
from psgkit.domain.scoring import SLEEP_STAGES, Scoring
from psgkit.errors import InputError
from psgkit.simulate import SimulatedNight, simulate_night

SHORT = {"montage": "minimal", "rate_hz": 100}


def same(one: SimulatedNight, other: SimulatedNight) -> bool:
    samples = zip(one.signals, other.signals, strict=True)
    return one.truth.events.equals(other.truth.events) and all(
        np.array_equal(a.counts, b.counts) for a, b in samples
    )


def test_a_night_has_the_channels_of_the_aasm_montage(nap):
    assert nap.recording.labels == (
        *("F3-M2", "F4-M1", "C3-M2", "C4-M1", "O1-M2", "O2-M1"),
        *("E1-M2", "E2-M2", "Chin1-Chin2", "ECG"),
    )
    assert nap.recording.channel("C4-M1").role is Role.C4_M1
    assert nap.recording.duration_s == 7200.0


def test_the_same_seed_gives_the_same_night():
    assert same(
        simulate_night(0.3, seed=4, **SHORT), simulate_night(0.3, seed=4, **SHORT)
    )


def test_another_seed_gives_another_night():
    assert not same(
        simulate_night(0.3, seed=4, **SHORT), simulate_night(0.3, seed=5, **SHORT)
    )


def test_a_night_without_arousals_has_the_same_stages_and_background():
    stages = ["N2"] * 40
    calm = simulate_night(hypnogram=stages, arousals_per_h=0, seed=2, **SHORT)
    torn = simulate_night(hypnogram=stages, arousals_per_h=30, seed=2, **SHORT)
    first = float(torn.truth.scoring.arousals["onset_s"].iloc[0])
    a, b = (
        n.recording.signal(n.recording.channel("C4-M1"), 0.0, 5.0) for n in (calm, torn)
    )
    assert first > 10.0
    assert np.corrcoef(a, b)[0, 1] > 0.8


def test_every_event_lies_within_the_recording(nap):
    events = nap.truth.events
    assert list(events.columns) == ["onset_s", "duration_s", "kind", "channel"]
    assert (events["onset_s"] >= 0).all()
    assert (events["duration_s"] > 0).all()
    ends = events["onset_s"] + events["duration_s"]
    assert ends.max() <= nap.recording.duration_s + 1e-3
    assert events["onset_s"].is_monotonic_increasing
    assert set(events["channel"]) <= {*nap.recording.labels, ""}


def test_arousals_follow_the_rules_of_the_aasm(nap):
    scoring = nap.truth.scoring
    arousals = scoring.arousals
    assert len(arousals) > 10
    assert arousals["duration_s"].between(3.0, 15.0).all()
    for onset, length in arousals[["onset_s", "duration_s"]].to_numpy():
        around = np.arange(onset - 10.0, onset + length)
        epochs = (around // 30.0).astype(int)
        assert np.isin(scoring.stages[epochs], SLEEP_STAGES).all()
    apart = np.diff(arousals["onset_s"]) - arousals["duration_s"].to_numpy()[:-1]
    assert apart.min() >= 10.0


def test_the_arousals_of_the_scoring_are_those_of_the_events(nap):
    events = nap.truth.events
    put_in = events.loc[events["kind"] == "arousal", "onset_s"].tolist()
    assert nap.truth.scoring.arousals["onset_s"].tolist() == put_in


def test_about_as_many_arousals_come_as_were_asked_for():
    # 90 expected; three standard deviations of a Poisson count are 28.
    stages = ["N2"] * 360
    night = simulate_night(hypnogram=stages, arousals_per_h=30.0, seed=1, **SHORT)
    assert 62 <= len(night.truth.scoring.arousals) <= 118


@pytest.mark.slow
def test_arousals_come_in_clusters_unless_they_are_to_be_even():
    # Intervals of an even rate spread as much as their mean (1, with chance 0.1 more or
    # less); those of real nights spread 1.3 times their mean or more (5th percentile).
    spread = {}
    for clusters in (True, False):
        night = simulate_night(
            hypnogram=["N2"] * 960,
            arousals_per_h=12.0,
            arousal_clusters=clusters,
            seed=1,
            **SHORT,
        )
        steps = np.diff(night.truth.scoring.arousals["onset_s"])
        spread[clusters] = steps.std() / steps.mean()
    assert spread[False] < 1.2 < spread[True]


def test_arousals_can_be_asked_for_by_stage():
    stages = ["N2"] * 120 + ["R"] * 120
    night = simulate_night(hypnogram=stages, arousals_per_h={"R": 30}, **SHORT)
    assert (night.truth.scoring.arousals["onset_s"] >= 3600.0).all()
    assert len(night.truth.scoring.arousals) > 10


def test_a_night_without_arousals_was_scored_for_them(stage_blocks):
    assert len(stage_blocks.truth.scoring.arousals) == 0


def test_a_night_without_sleep_has_no_arousals():
    night = simulate_night(hypnogram=["W", "ART", "W"], arousals_per_h=100.0, **SHORT)
    assert len(night.truth.scoring.arousals) == 0


def test_lights_go_off_at_the_start_of_a_drawn_night(nap):
    scoring = nap.truth.scoring
    assert (scoring.lights_off_s, scoring.lights_on_s) == (0.0, 7200.0)


def test_lights_of_a_scoring_are_kept_and_counted_from_its_first_epoch():
    asked = Scoring.from_stages(["W", "N1", "N2", "N2"], lights_off_s=15.0)
    night = simulate_night(hypnogram=asked, **SHORT)
    assert (night.truth.scoring.lights_off_s, night.truth.scoring.lights_on_s) == (
        15.0,
        None,
    )


def test_the_start_time_is_the_one_asked_for():
    night = simulate_night(0.1, start="22:15:30", **SHORT)
    assert night.recording.start.time().isoformat() == "22:15:30"
    assert night.truth.scoring.start == night.recording.start


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"hours": -1.0}, "hours -1.0"),
        ({"hours": float("nan")}, "hours nan"),
        ({"hours": 48.0}, "hours 48.0"),
        ({"montage": "10-20"}, "aasm, minimal, electrodes, wide"),
        ({"rate_hz": 64}, "rate_hz 64"),
        ({"rate_hz": 100.5}, "rate_hz 100.5"),
        ({"seed": -1}, "seed -1"),
        ({"seed": 0.5}, "seed 0.5"),
        ({"arousals_per_h": -2.0}, "arousals_per_h -2.0"),
        ({"arousals_per_h": {"N5": 2.0}}, "names 'N5'"),
        ({"infraslow_depth": 0.9}, "infraslow_depth 0.9"),
        ({"infraslow_hz": 1.0}, "infraslow_hz 1.0"),
        ({"coupling_phase_rad": 4.0}, "coupling_phase_rad 4.0"),
        ({"atonia_loss": 1.5}, "atonia_loss 1.5"),
        ({"twitches_per_min": -1}, "twitches_per_min -1"),
        ({"start": "11 pm"}, "start '11 pm'"),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(options, word):
    with pytest.raises(InputError, match="This night cannot") as refused:
        simulate_night(**options)
    assert word in str(refused.value)


def test_all_faults_of_a_call_are_told_together():
    with pytest.raises(InputError) as refused:
        simulate_night(-1.0, rate_hz=10, montage="none")
    message = str(refused.value)
    assert all(word in message for word in ("hours", "rate_hz", "montage"))


@pytest.mark.slow
def test_importing_the_simulator_loads_neither_yasa_nor_mne():
    code = "import sys, psgkit.simulate as s; print(sorted({'yasa','mne'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
