"""Infraslow heart rate, early beats and periodic limb movements, put in on request."""

import numpy as np
import pytest

from psgkit import simulate_night
from psgkit.domain.channels.roles import Role
from psgkit.measure.events.event_indices import find_periodic
from psgkit.measure.stages.evidence import Evidence

N2 = ["N2"] * 120  # an hour
OPTIONS = {"hypnogram": N2, "montage": "wide", "rate_hz": 100, "arousals_per_h": 0}


@pytest.fixture(scope="module")
def night():
    return simulate_night(
        **OPTIONS,
        seed=2,
        heart_infraslow_bpm=3.0,
        ectopic_beats_per_h=40,
        limb_movements_per_h=40,
    )


@pytest.fixture(scope="module")
def plain():
    return simulate_night(**OPTIONS, seed=2)


def test_the_heart_follows_the_rhythm_by_as_much_as_asked(night, plain):
    """The oximeter's pulse is the rate; less the same night without the rhythm."""
    pulse, without = (
        one.recording.signal(
            next(c for c in one.recording.channels if c.role is Role.PULSE)
        )
        for one in (night, plain)
    )
    rhythm = pulse - without
    # A sine of 3 has a standard deviation of 2.1; the channel holds whole beats.
    assert rhythm.std() == pytest.approx(3 / np.sqrt(2), abs=0.3)
    density = np.abs(np.fft.rfft(rhythm - rhythm.mean())) ** 2
    rate_hz = len(rhythm) / 3600
    freqs = np.fft.rfftfreq(len(rhythm), 1 / rate_hz)
    assert freqs[density.argmax()] == pytest.approx(0.02, abs=0.003)


def test_early_beats_stand_in_the_truth_and_among_the_beats(night, plain):
    early = night.truth.events.query("kind == 'ectopic_beat'")["onset_s"].to_numpy()
    assert 25 <= len(early) <= 55
    beats = night.truth.beats_s
    assert len(beats) == pytest.approx(len(plain.truth.beats_s), abs=5)
    at = np.abs(beats[:, np.newaxis] - early).argmin(axis=0)
    assert beats[at] == pytest.approx(early, abs=0.001)
    # The interval before is short, the one after long.
    before, after = beats[at] - beats[at - 1], beats[at + 1] - beats[at]
    assert (before < 0.8 * after).all()


def test_periodic_movements_make_the_index_that_was_asked_for(night):
    found = len(find_periodic(Evidence.of(night.truth.scoring)))
    # In one hour of sleep. Single movements by chance may join a series.
    assert 38 <= found <= 65


def test_without_these_options_the_night_is_as_before(plain):
    assert not plain.truth.events["kind"].eq("ectopic_beat").any()
    assert "ectopic_beats_per_h" not in plain.truth.options
    assert not plain.truth.scoring.looked_for(["limb_movement"])


@pytest.mark.slow
def test_the_phase_drifts_as_far_as_asked():
    """Without drift, sigma's rhythm in the truth of the heart is one spectral line."""
    sharpness = []
    for drift in (0.0, 0.3):
        options = {"hypnogram": ["N2"] * 120, "montage": "wide", "rate_hz": 100}
        one, other = (
            simulate_night(
                **options, infraslow_drift_rad=drift, heart_infraslow_bpm=bpm
            )
            for bpm in (5.0, 0.0)
        )
        pulse = [
            n.recording.signal(
                next(c for c in n.recording.channels if c.role is Role.PULSE)
            )
            for n in (one, other)
        ]
        density = np.abs(np.fft.rfft(pulse[0] - pulse[1])[1:]) ** 2
        sharpness.append(np.sort(density)[-3:].sum() / density.sum())
    assert sharpness[0] > 0.8
    assert sharpness[1] < 0.5
