"""Simulated apnoeas and hypopnoeas, and what follows them."""

import numpy as np
import pytest

from psgkit import InputError, simulate_night
from psgkit.domain.channels.roles import Role
from psgkit.simulate import SimulatedNight

SLEEP = ["N2"] * 60 + ["R"] * 20  # 40 min


@pytest.fixture(scope="module")
def night() -> SimulatedNight:
    return simulate_night(
        hypnogram=SLEEP,
        montage="wide",
        rate_hz=100,
        arousals_per_h=0,
        respiratory_events_per_h=30,
        seed=3,
    )


def values_of(night: SimulatedNight, role: Role) -> np.ndarray:
    channel = next(c for c in night.recording.channels if c.role is role)
    return night.recording.signal(channel, 0.0, night.recording.duration_s)


def of_kind(night: SimulatedNight, *kinds: str) -> list[tuple[float, float, str]]:
    events = night.truth.events
    wanted = events[events["kind"].isin(kinds)]
    columns = ["onset_s", "duration_s", "kind"]
    return list(wanted[columns].itertuples(index=False, name=None))


BREATHING = ("hypopnea", "apnea_obstructive", "apnea_central")


def test_events_last_10_to_45_s_and_come_about_as_often_as_asked(night):
    events = of_kind(night, *BREATHING)
    # 40 min at 30 an hour are 20; a few fall away at the night's edges.
    assert 11 <= len(events) <= 29
    assert all(10 <= duration <= 45 for _onset, duration, _kind in events)


def test_saturation_falls_by_at_least_3_points_in_a_marked_desaturation(night):
    saturation = values_of(night, Role.SPO2)
    for onset, duration, _kind in of_kind(night, "desaturation"):
        stretch = saturation[int(onset) : int(onset + duration)]
        # The baseline wanders by a point, and the channel holds whole points.
        assert stretch[:3].max() - stretch.min() >= 2
        assert 60 <= stretch.min() < 95


def test_flow_stops_in_an_apnoea_and_shrinks_in_a_hypopnoea(night):
    flow = values_of(night, Role.AIRFLOW)
    usual = np.std(flow)
    for onset, duration, kind in of_kind(night, *BREATHING):
        inside = np.std(flow[int((onset + 1) * 32) : int((onset + duration - 1) * 32)])
        assert inside < (0.85 if kind == "hypopnea" else 0.15) * usual


def test_some_events_end_in_an_arousal_and_no_other_arousal_is_made(night):
    ends = np.array([on + long for on, long, _kind in of_kind(night, *BREATHING)])
    arousals = of_kind(night, "arousal")
    assert 0.2 * len(ends) <= len(arousals) <= 0.9 * len(ends)
    for onset, _duration, _kind in arousals:
        assert np.abs(ends - onset).min() <= 1.6


def test_the_truth_says_that_breathing_was_scored(night):
    assert {"respiratory", "desaturation"} <= night.truth.scoring.kinds_scored
    plain = simulate_night(0.1, montage="minimal", rate_hz=100)
    assert "respiratory" not in plain.truth.scoring.kinds_scored


def test_unknown_annotations_are_refused(night, tmp_path):
    with pytest.raises(InputError, match=r"breath.*choose from"):
        night.write(tmp_path / "night.edf", annotations=("breath",))


def test_annotations_can_be_lights_and_breathing_alone(night, tmp_path):
    import mne

    drawn = simulate_night(0.5, rate_hz=100, montage="minimal")
    drawn.write(tmp_path / "drawn.edf", annotations=("lights",))
    texts = set(mne.read_annotations(tmp_path / "drawn.edf").description)
    assert texts == {"Lights off", "Lights on"}
    night.write(tmp_path / "night.edf", annotations=("breathing",))
    texts = set(mne.read_annotations(tmp_path / "night.edf").description)
    assert {"Hypopnea", "Oxygen desaturation"} <= texts
    assert "EEG arousal" not in texts
    assert not any(text.startswith("Sleep stage") for text in texts)
