"""REM without atonia as the scorer marked it: shares counted by hand."""

import math

import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.event_tables import make_events
from psgkit.measure import measure_all, measure_scoring

# N2 0-39, R 40-59 (1200 s to 1800 s: 200 mini-epochs, 20 epochs), N2 60-79
STAGES = "2" * 40 + "R" * 20 + "2" * 20


def scored(*rows: tuple[float, float, str]) -> Scoring:
    events = make_events((on, lasts, kind, "lab") for on, lasts, kind in rows)
    return make_scoring(STAGES).with_events(events, ())


def test_phasic_marks_count_the_mini_epochs_that_they_touch():
    found = measure_scoring(
        scored(
            (1190, 5, "chin_phasic"),  # N2 alone
            (1198, 4, "chin_phasic"),  # reaches into the first mini-epoch
            (1203.5, 1, "chin_phasic"),  # the second
            (1206, 3, "chin_phasic"),  # exactly the third
            (1300.5, 6, "chin_phasic"),  # 1299-1302, -1305 and -1308
            (1301.0, 1, "chin_phasic"),  # one of them again
            (1500, math.nan, "chin_phasic"),  # a moment
        )
    )
    assert found["rswa_phasic_scored_pct"] == pytest.approx(100 * 7 / 200)


def test_a_tonic_epoch_is_covered_for_over_half():
    found = measure_scoring(
        scored(
            (1200, 15, "chin_tonic"),  # half, not more
            (1230, 15.5, "chin_tonic"),
            (1260, 10, "chin_tonic"),  # two that overlap: 14 s of 30
            (1264, 10, "chin_tonic"),
            (1310, 40, "chin_tonic"),  # 10 s of 1290, all of 1320
        )
    )
    assert found["rswa_tonic_scored_pct"] == pytest.approx(100 * 2 / 20)


def test_any_activity_holds_phasic_marks_and_tonic_epochs():
    found = measure_scoring(
        scored(
            (1200, 20, "chin_tonic"),  # an epoch: 10 mini-epochs
            (1210, 1, "chin_phasic"),  # in it
            (1240.5, 1, "chin_phasic"),  # another
            (1300, 10, "chin_any"),  # 1299 to 1311: 4
        )
    )
    assert found["rswa_any_scored_pct"] == pytest.approx(100 * 15 / 200)


def test_limb_marks_have_shares_of_their_own():
    found = measure_scoring(scored((1200, 1, "limb_phasic"), (1210, 4, "limb_any")))
    assert found["rswa_limb_phasic_scored_pct"] == pytest.approx(0.5)
    assert found["rswa_limb_any_scored_pct"] == pytest.approx(100 * 3 / 200)
    assert math.isnan(found["rswa_phasic_scored_pct"])


def test_what_was_not_marked_is_not_zero():
    results, _ = measure_all(scored((100, 1, "chin_phasic")))
    by_name = {measure.name: measure for measure in results}
    assert by_name["rswa_phasic_scored_pct"].value == 0  # marked outside of REM alone
    tonic = by_name["rswa_tonic_scored_pct"]
    assert tonic.reason == "tonic chin activity was not scored"


def test_a_length_that_is_not_known_leaves_tonic_activity_undefined():
    results, _ = measure_all(scored((1300, math.nan, "chin_tonic")))
    by_name = {measure.name: measure for measure in results}
    assert (
        by_name["rswa_tonic_scored_pct"].reason
        == "how long tonic chin activity lasts was not scored"
    )


@pytest.mark.parametrize("epoch_s", [10, 15, 20, 30])
def test_shares_do_not_depend_on_the_length_of_an_epoch(epoch_s: int):
    counts = {"2": (40 * 30 // epoch_s, 20 * 30 // epoch_s), "R": (20 * 30 // epoch_s,)}
    stages = "2" * counts["2"][0] + "R" * counts["R"][0] + "2" * counts["2"][1]
    events = make_events(
        [(1203.5, 1, "chin_phasic", "lab"), (1230, 16, "chin_tonic", "lab")]
    )
    scoring = make_scoring(stages, epoch_s=epoch_s).with_events(events, ())
    found = measure_scoring(scoring)
    assert found["rswa_phasic_scored_pct"] == pytest.approx(0.5)
    assert found["rswa_tonic_scored_pct"] == pytest.approx(5)
