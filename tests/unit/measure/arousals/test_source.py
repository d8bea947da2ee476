"""Whose arousals count: a scorer's, the rules', or nobody's."""

from dataclasses import replace

import numpy as np
import pytest

from psgkit.domain.recording import Channel, Gap, Recording
from psgkit.domain.scoring import AROUSALS_UNSEEN, NREM_AROUSALS, Scoring
from psgkit.errors import InputError
from psgkit.measure.arousals import DETECTOR
from psgkit.measure.arousals.network import NETWORK, detector_name, weights
from psgkit.measure.arousals.source import with_arousals
from psgkit.settings import ArousalSettings
from psgkit.simulate import simulate_night


@pytest.fixture(scope="module")
def night() -> tuple[Recording, Scoring]:
    """Twenty minutes of N2 and R, with arousals of which no scorer has said a word."""
    stages = ["W"] * 2 + ["N2"] * 28 + ["R"] * 10
    made = simulate_night(hypnogram=stages, seed=4, rate_hz=128, arousals_per_h=30)
    return made.recording, Scoring.from_stages(stages)


def clean(_: Channel, __: np.ndarray) -> np.ndarray:
    return np.zeros(240, dtype=bool)


def count(recording: Recording, scoring: Scoring, source: str):
    settings = ArousalSettings(source=source)
    return with_arousals(recording, scoring, artefacts=clean, settings=settings)


def test_a_scorers_arousals_win_and_none_scored_means_none(night) -> None:
    recording, scoring = night
    scored = Scoring.from_stages(scoring.stage_names, arousals=[], scorer="expert")
    found = count(recording, scored, "auto")
    assert len(found.scoring.arousals) == 0
    assert found.detector == ""


def test_where_nobody_scored_the_network_looks_and_says_who_it_is(night) -> None:
    found = count(*night, "auto")
    assert found.detector == detector_name(NETWORK)
    assert set(found.scoring.arousals["source"]) == {found.detector}
    assert [measure.name for measure in found.measures] == ["ar_calibrated"]
    assert [issue.code for issue in found.issues] == ["arousals_by_network"]


def test_where_the_network_lacks_a_channel_the_rules_look_and_it_is_said(night) -> None:
    recording, scoring = night
    without = [c for c in recording.channels if c.role.kind.value != "eog"]
    found = count(replace(recording, channels=tuple(without)), scoring, "auto")
    assert found.detector == DETECTOR
    first, *_ = found.issues
    assert first.code == "arousals_exploratory"
    assert first.severity == "warning"
    assert "exploratory" in first.message
    assert "there is no EOG" in first.message


def test_a_network_that_is_asked_for_has_no_stand_in(night) -> None:
    recording, scoring = night
    without = [c for c in recording.channels if c.role.kind.value != "eog"]
    found = count(replace(recording, channels=tuple(without)), scoring, "unet_v1")
    assert found.scoring.arousals is None
    assert [issue.code for issue in found.issues] == ["arousals_not_found"]


def test_wrong_weights_are_refused_and_no_rules_stand_in(
    night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(weights.WEIGHTS, "unet_v2", weights.Weights("0" * 64, 0.3))
    with pytest.raises(InputError, match="SHA-256"):
        count(*night, "auto")


@pytest.mark.slow
def test_sleep_in_which_the_chin_was_off_is_marked_as_unseen(night) -> None:
    """A minute of twenty, in N2: the index leaves it out."""
    recording, scoring = night
    chin = next(c for c in recording.channels if c.role.kind.value == "emg")
    off = replace(recording, lost=((chin.label, Gap(300.0, 60.0)),))
    found = count(off, scoring, "auto")
    (unseen,) = found.scoring.events_of((AROUSALS_UNSEEN,)).itertuples()
    assert (unseen.onset_s, unseen.duration_s) == (300.0, 60.0)
    assert not found.scoring.arousals["onset_s"].between(300.0, 359.9).any()
    again = count(recording, found.scoring, "unet_v2")
    assert again.scoring.events_of((AROUSALS_UNSEEN,)).empty


def test_sleep_lost_to_a_gap_is_told_from_that_lost_to_a_channel(night) -> None:
    """A gap at 330 s inside of a minute without a chin: its window of 5 s is its own."""
    recording, scoring = night
    chin = next(c for c in recording.channels if c.role.kind.value == "emg")
    off = replace(
        recording, lost=((chin.label, Gap(300.0, 60.0)),), gaps=(Gap(331.0, 2.0),)
    )
    unseen = count(off, scoring, "auto").scoring.events_of((AROUSALS_UNSEEN,))
    spans = unseen[["onset_s", "duration_s", "cause"]].itertuples(
        index=False, name=None
    )
    assert list(spans) == [(300.0, 30.0, ""), (330.0, 5.0, "gap"), (335.0, 25.0, "")]


def test_asked_for_the_rules_a_scorers_arousals_do_not_count(night) -> None:
    recording, scoring = night
    scored = Scoring.from_stages(scoring.stage_names, arousals=[(100.0, 5.0)])
    found = count(recording, scored, "rules")
    assert set(found.scoring.arousals["source"]) == {DETECTOR}


def test_asked_for_scored_ones_nothing_is_looked_for(night) -> None:
    found = count(*night, "scored")
    assert found.scoring.arousals is None
    assert all(np.isnan(measure.value) for measure in found.measures)


def test_without_a_chin_arousals_are_known_in_nrem_alone(night) -> None:
    recording, scoring = night
    without = [c for c in recording.channels if c.role.kind.value != "emg"]
    found = count(replace(recording, channels=tuple(without)), scoring, "auto")
    assert found.scoring.kinds_scored == {NREM_AROUSALS}


def test_a_chin_that_lacks_in_rem_leaves_those_found_there_uncounted(night) -> None:
    """Off for the last 40 s of five minutes of REM sleep."""
    recording, scoring = night
    chin = next(c for c in recording.channels if c.role.kind.value == "emg")
    whole = count(recording, scoring, "rules")
    off = replace(recording, lost=((chin.label, Gap(1160.0, 40.0)),))
    found = count(off, scoring, "rules")
    assert found.scoring.kinds_scored == {NREM_AROUSALS}
    assert found.uncounted is not None
    assert len(found.uncounted) > 0
    assert (found.uncounted["onset_s"] >= 900).all()
    # Those of NREM sleep have the chin's word as before, and all are known.
    onsets_s = whole.scoring.arousals["onset_s"]
    assert found.scoring.arousals["onset_s"].tolist() == [
        t for t in onsets_s if t < 900
    ]
    before = [t for t in onsets_s if t < 1140]
    assert [t for t in found.known["onset_s"] if t < 1140] == before
    assert whole.known is not None
    assert whole.known.equals(whole.scoring.arousals)
    assert "arousals_chin" in found.channels_used


def test_without_a_central_eeg_nothing_is_found_and_the_reason_is_told(night) -> None:
    recording, scoring = night
    chin = tuple(c for c in recording.channels if c.role.kind.value == "emg")
    found = count(replace(recording, channels=chin), scoring, "auto")
    assert found.scoring.arousals is None
    assert [issue.code for issue in found.issues] == ["arousals_not_found"]


def test_why_it_is_not_known_whether_a_detector_was_calibrated_is_told(night) -> None:
    recording, scoring = night
    scored = Scoring.from_stages(scoring.stage_names, arousals=[])
    for given, source, why in (
        (scored, "auto", "the arousals were scored, not found by psgkit"),
        (scored, "scored", "the arousals were scored, not found by psgkit"),
        (scoring, "scored", "arousals were not looked for"),
    ):
        found = count(recording, given, source)
        assert {measure.reason for measure in found.measures} == {why}


def test_with_a_chin_they_are_known_in_all_sleep_and_channels_are_named(night) -> None:
    found = count(*night, "rules")
    assert found.scoring.kinds_scored == {"arousal"}
    assert set(found.channels_used) == {
        *("arousals_central", "arousals_occipital", "arousals_chin")
    }
