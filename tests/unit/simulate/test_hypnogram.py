"""Stages of a simulated night: drawn with plausible cycles, or followed as given."""

import numpy as np
import pytest

from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import InputError
from psgkit.simulate import simulate_night
from psgkit.simulate.hypnogram import draw_stages, given_scoring, stages_to_follow

NIGHTS = [draw_stages(8.0, np.random.default_rng(seed)) for seed in range(40)]


def minutes(night: np.ndarray, stage: Stage) -> float:
    return float(np.sum(night == stage)) / 2.0


def test_a_drawn_night_is_as_long_as_asked():
    for hours, n_epochs in ((8.0, 960), (1.5, 180), (0.05, 6), (1 / 120, 1)):
        drawn = draw_stages(hours, np.random.default_rng(1))
        assert len(drawn) == n_epochs


def test_drawn_nights_have_the_shares_of_healthy_adults():
    # Boulos et al. 2019, Lancet Respir Med 7:533, adults: N1 7.9, N2 51.4, N3 20.4,
    # REM 19.0 % of sleep; limits wide enough for single nights' averages.
    asleep = [night[night > 0] for night in NIGHTS]
    shares = {
        stage: np.mean([np.mean(sleep == stage) for sleep in asleep])
        for stage in (Stage.N1, Stage.N2, Stage.N3, Stage.R)
    }
    assert 0.03 < shares[Stage.N1] < 0.13
    assert 0.40 < shares[Stage.N2] < 0.60
    assert 0.12 < shares[Stage.N3] < 0.25
    assert 0.15 < shares[Stage.R] < 0.27


def test_n3_falls_and_rem_grows_over_the_night():
    for stage, first_half_has_more in ((Stage.N3, True), (Stage.R, False)):
        first = np.mean([minutes(night[:480], stage) for night in NIGHTS])
        second = np.mean([minutes(night[480:], stage) for night in NIGHTS])
        assert bool(first > second) == first_half_has_more


def test_sleep_begins_with_n1_and_rem_comes_an_hour_later():
    for night in NIGHTS:
        onset = int(np.argmax(night != Stage.W))
        assert night[onset] == Stage.N1
        latency_min = (int(np.argmax(night == Stage.R)) - onset) / 2.0
        assert 45.0 < latency_min < 130.0


def test_a_nap_of_ninety_minutes_has_n3_and_rem():
    naps = [draw_stages(1.5, np.random.default_rng(seed)) for seed in range(20)]
    assert all(minutes(nap, Stage.N3) > 5 and minutes(nap, Stage.R) > 3 for nap in naps)


def test_names_of_both_manuals_of_style_are_followed():
    given = given_scoring(["WAKE", "w", "N1", "REM", "R", "ART", "UNS"])
    assert given.stage_names == ["W", "W", "N1", "R", "R", "ART", "UNS"]


def test_a_yasa_hypnogram_is_followed():
    yasa = pytest.importorskip("yasa")
    hypnogram = yasa.Hypnogram(["WAKE", "N2", "REM", "ART"], n_stages=5, freq="30s")
    given = given_scoring(hypnogram)
    assert (given.stage_names, given.epoch_s) == (["W", "N2", "R", "ART"], 30.0)


def test_a_yasa_hypnogram_of_two_stages_is_refused():
    yasa = pytest.importorskip("yasa")
    hypnogram = yasa.Hypnogram(["WAKE", "SLEEP"], n_stages=2, freq="30s")
    with pytest.raises(InputError, match="2 stages"):
        given_scoring(hypnogram)


def test_the_truth_is_what_was_given_with_artefact_and_unscored_kept():
    stages = ["W", "N2", "ART", "UNS", "R"]
    night = simulate_night(hypnogram=stages, montage="minimal", rate_hz=100)
    assert night.truth.scoring.stage_names == stages
    assert night.truth.hypnogram.hypno.tolist() == ["WAKE", "N2", "ART", "UNS", "REM"]


def test_epochs_of_twenty_seconds_are_followed():
    scoring = Scoring.from_stages(["W", "N1", "N2"], epoch_s=20.0)
    night = simulate_night(hypnogram=scoring, montage="minimal", rate_hz=100)
    assert night.recording.duration_s == 60.0
    assert night.truth.scoring.epoch_s == 20.0


def test_a_hypnogram_can_be_followed_for_a_part():
    asked = stages_to_follow(["W"] * 200, 1.0, seed=0)
    assert asked.n_epochs == 120


@pytest.mark.parametrize(
    ("hypnogram", "word"),
    [
        (["W", "N4"], "'N4'"),
        ([7, 0], "epoch 1 is 7"),
        ([], "no epoch"),
        ("WWN1", "list with one stage"),
        (5, "list with one stage"),
        (Scoring.from_stages(["W"], epoch_s=2.5), "whole seconds"),
    ],
)
def test_a_hypnogram_that_cannot_be_followed_is_refused(hypnogram, word):
    with pytest.raises(InputError, match=word):
        simulate_night(hypnogram=hypnogram)


def test_a_hypnogram_shorter_than_the_hours_is_refused():
    with pytest.raises(InputError, match="leave the hours out"):
        stages_to_follow(["W"] * 10, 8.0, seed=0)


def test_a_hypnogram_of_more_than_a_day_is_refused():
    with pytest.raises(InputError, match="at most 24 h"):
        stages_to_follow(["W"] * 3000, None, seed=0)
