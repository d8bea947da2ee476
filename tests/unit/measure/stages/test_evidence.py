"""What is worked out once of a window, on windows of a few epochs of 30 s."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import AROUSALS_UNSEEN, NREM_AROUSALS, Stage
from psgkit.domain.sleep.event_tables import make_events
from psgkit.measure.stages.evidence import Evidence


def night(stages: str, **options: object) -> Evidence:
    return Evidence.of(make_scoring(stages, **options))


def test_onset_and_offset_are_the_first_and_the_last_epoch_of_sleep():
    found = night("?WW12RW3W?")
    assert (found.onset, found.offset) == (3, 7)
    assert found.sleep_period == slice(3, 8)
    assert found.sleep_period_min == 2.5
    assert found.sleep_min == 2
    assert found.scored.tolist() == list(range(1, 9))
    assert found.asleep.tolist() == [3, 4, 5, 7]


def test_without_sleep_there_is_no_period():
    found = night("WWW")
    assert (found.onset, found.offset) == (None, None)
    assert (found.sleep_period_min, found.sleep_min) == (0, 0)


def test_a_single_first_epoch_of_sleep_is_a_period():
    found = night("2WW")
    assert (found.onset, found.offset, found.sleep_period_min) == (0, 0, 0.5)
    assert (found.starts_asleep, found.ends_asleep) == (True, False)
    assert night("??WW2").starts_asleep is False
    assert night("??WW2??").ends_asleep is True
    assert night("???").starts_asleep is False
    assert night("???").ends_asleep is False


def test_minutes_are_of_all_the_stages_asked_for():
    found = night("WW1222333RRRRR")
    assert found.epochs_of.tolist() == [2, 1, 3, 3, 5]
    assert found.minutes(Stage.N1, Stage.R) == 3
    assert found.first(Stage.N3) == 6
    assert night("W").epochs_of.tolist() == [1, 0, 0, 0, 0]
    assert night("W").first(Stage.W) == 0
    assert night("W").first(Stage.R) is None


def test_holes_are_more_than_5_percent():
    assert not night("2" * 19 + "?").has_holes
    assert night("2" * 18 + "?").has_holes


def test_bouts_of_wake_lie_within_the_sleep_period():
    # W 0-1, N2 2, W 3, N2 4, W 5-6
    bouts = night("WW2W2WW").bouts["w"]
    assert (bouts.starts.tolist(), bouts.lengths.tolist()) == ([3], [1])


def test_artefact_between_two_nrem_stages_parts_neither_nrem_nor_sleep():
    # N2, A, N3, N1, R, A, N2, W
    bouts = night("2A31RA2W").bouts
    assert bouts["nrem"].starts.tolist() == [0, 6]
    assert bouts["nrem"].lengths.tolist() == [4, 1]
    assert bouts["sleep"].lengths.tolist() == [7]
    assert bouts["n2"].lengths.tolist() == [1, 1]
    assert bouts["rem"].starts.tolist() == [4]


def test_rem_bouts_fill_interruptions_of_2_and_of_6_min():
    # R 2, W 4, R 1, W 5, R 1, W 12, R 1, W 13, R 1
    stages = "RR" + "W" * 4 + "R" + "W" * 5 + "R" + "W" * 12 + "R" + "W" * 13 + "R"
    found = night(stages).rem_bouts
    assert found["raw"].lengths.tolist() == [2, 1, 1, 1, 1]
    assert found["b2m"].lengths.tolist() == [7, 1, 1, 1]
    assert found["b6m"].lengths.tolist() == [7 + 5 + 1 + 12 + 1, 1]


def test_rem_in_a_bout_is_what_was_scored_r():
    found = night("2RRAARW2RR2")
    assert found.rem_epochs_in(found.rem_bouts["raw"]).tolist() == [3, 2]
    assert found.rem_epochs_in(found.rem_bouts["b2m"]).tolist() == [5]
    assert found.lengths_min(found.rem_bouts["raw"]).tolist() == [2.5, 1]


def test_probabilities_move_with_the_window():
    proba = np.eye(5)[[0, 2, 4]]
    scoring = replace(make_scoring("W2R"), proba=proba, onset_s=60.0)
    late = replace(scoring, lights_off_s=90.0, lights_on_s=180.0)
    found = Evidence.of(late).proba
    assert found[:2].tolist() == proba[1:].tolist()
    assert np.isnan(found[2]).all()
    early = replace(scoring, lights_off_s=30.0, lights_on_s=90.0)
    found = Evidence.of(early).proba
    assert np.isnan(found[0]).all()
    assert found[1].tolist() == proba[0].tolist()
    assert night("W2R").proba is None


def test_lights_are_known_one_by_one():
    scoring = make_scoring("W2R", lights=False)
    assert Evidence.of(scoring).lights_known is False
    off = Evidence.of(replace(scoring, lights_off_s=0.0))
    assert (off.lights_off_known, off.lights_on_known, off.lights_known) == (
        *(True, False, False),
    )
    on = Evidence.of(replace(scoring, lights_on_s=90.0))
    assert (on.lights_off_known, on.lights_on_known, on.lights_known) == (
        *(False, True, False),
    )


@pytest.mark.parametrize(
    ("kinds", "stages", "reason"),
    [
        ({"arousal"}, "2R", None),
        ({NREM_AROUSALS}, "22", None),
        (
            {NREM_AROUSALS},
            "2R",
            "arousals in REM need a chin EMG that shows muscle activity",
        ),
        (set(), "22", "arousals were not scored"),
    ],
)
def test_arousals_are_known_in_nrem_or_in_all_of_sleep(kinds, stages, reason):
    scoring = make_scoring(stages).with_events(make_events(()), kinds)
    found = Evidence.of(scoring).arousals
    assert (found.reason if isinstance(found, Undefined) else None) == reason
    timed = Evidence.of(scoring).timed_arousals
    assert (timed.reason if isinstance(timed, Undefined) else None) == reason


@pytest.mark.parametrize(
    ("stages", "starts", "ends"),
    [("1", True, True), ("W2", False, True), ("1W", True, False), ("2WW1", True, True)],
)
def test_the_first_and_the_last_scored_epoch_say_whether_they_are_sleep(
    stages, starts, ends
):
    found = night(f"?{stages}?")
    assert (found.starts_asleep, found.ends_asleep) == (starts, ends)


def test_wake_that_fills_the_middle_of_the_sleep_period_is_in_it():
    bouts = night("2WWWR").bouts
    assert (bouts["w"].starts.tolist(), bouts["w"].lengths.tolist()) == ([1], [3])
    # the alphabet of wake against the rest joins no wake
    assert bouts["nrem"].lengths.tolist() == [1]
    assert bouts["sleep"].starts.tolist() == [0, 4]


def test_n1_to_n3_are_nrem_and_r_is_not():
    bouts = night("W123R321W").bouts
    assert bouts["nrem"].starts.tolist() == [1, 5]
    assert bouts["nrem"].lengths.tolist() == [3, 3]
    assert bouts["sleep"].lengths.tolist() == [7]


def unseen(stages: str, *spans_s: tuple[float, float], cause: str = "") -> Evidence:
    """Return a night with an arousal in N2 and times in which none could be seen."""
    scoring = make_scoring(stages, arousals=[(35.0, 5.0)])
    label = f"{AROUSALS_UNSEEN}{cause}"
    rows = [(onset, length, label, "detector") for onset, length in spans_s]
    return Evidence.of(scoring.with_events(make_events(rows), {"arousal"}))


def test_unseen_minutes_are_those_of_each_stage():
    # from 80 to 130 s: 10 s of N2, 30 s of W, 10 s of R
    found = unseen("222WRR", (80.0, 50.0))
    assert found.unseen_min(Stage.N2) == pytest.approx(10 / 60)
    assert found.unseen_min(Stage.W) == pytest.approx(30 / 60)
    assert found.unseen_min(Stage.N2, Stage.R) == pytest.approx(20 / 60)


def test_over_a_tenth_of_a_sleep_unseen_leaves_its_arousals_unknown():
    tenth = unseen("2" * 10 + "R" * 10, (300.0, 30.0))
    assert not isinstance(tenth.arousals_of(Stage.R), Undefined)
    over = unseen("2" * 10 + "R" * 10, (300.0, 31.0))
    assert isinstance(over.arousals_of(Stage.R), Undefined)
    assert "lost in over a tenth" in over.arousals_of(Stage.R).reason
    assert not isinstance(over.arousals_of(Stage.N2), Undefined)
    # of all sleep it is a twentieth
    assert not isinstance(over.arousals, Undefined)


def test_gaps_are_named_where_they_alone_hide_over_a_tenth():
    in_gaps = unseen("2" * 20, (300.0, 61.0), cause=":gap").arousals
    assert isinstance(in_gaps, Undefined)
    assert in_gaps.reason.startswith("gaps in the recording hide arousals")
    # of 10 min of sleep, 50 s in gaps and 20 s without a channel
    both = unseen("2" * 20, (300.0, 50.0), cause=":gap").scoring
    more = make_events([(400.0, 20.0, AROUSALS_UNSEEN, "detector")])
    of_both = Evidence.of(both.with_events(more, {"arousal"})).arousals
    assert isinstance(of_both, Undefined)
    assert of_both.reason.startswith("a channel of the arousal detector is lost")
