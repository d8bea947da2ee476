"""From probabilities to arousals, by the rules of the network's authors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring
from psgkit.measure.arousals.network.channels import NetworkChannels
from psgkit.measure.arousals.network.events import (
    COLUMNS,
    arousal_table,
    probable_spans,
)

SECONDS = 900
Spans = list[tuple[float, float]]


def judged(
    spans: Spans,
    scoring: Scoring | str = "2" * 30,
    *,
    bad: tuple[int, ...] = (),
    lost: tuple[int, ...] = (),
    sure: tuple[float, ...] = (),
) -> pd.DataFrame:
    """Return what is made of probabilities that are high within some spans.

    A mean over a second passes 0.3 a little before and after what is put in; spans are
    cut by that much.
    """
    values = np.zeros(SECONDS * 50, dtype=np.float32)
    for number, (onset_s, end_s) in enumerate(spans):
        height = sure[number] if sure else 0.9
        # A mean of 50 samples passes 0.3 once 50 * 0.3 / height of them are in.
        short = (25 - 50 * 0.3 / height) / 50
        values[round((onset_s + short) * 50) : round((end_s - short) * 50)] = height
    windows = np.zeros(SECONDS // 5, dtype=bool)
    artefacts, is_lost = windows.copy(), windows.copy()
    artefacts[list(bad)] = True
    is_lost[list(lost)] = True
    channels = NetworkChannels(
        np.zeros((3, len(values)), dtype=np.float32), is_lost, artefacts, "C4_M1", {}
    )
    given = make_scoring(scoring) if isinstance(scoring, str) else scoring
    return arousal_table(probable_spans(values, 0.3), given, channels)


def test_spans_are_those_of_psgscoring() -> None:
    unet = pytest.importorskip("psgscoring.arousal_unet")
    rng = np.random.default_rng(5)
    rough = np.repeat(rng.uniform(0.0, 0.7, 1800), 25)
    values = np.convolve(rough, np.ones(40) / 40, mode="same").astype(np.float32)
    wanted = unet.prob_to_events(values, 50, 0.3)
    assert len(wanted) > 20
    spans = [(one.onset_s, one.end_s) for one in probable_spans(values, 0.3)]
    np.testing.assert_allclose(spans, wanted, atol=1e-3)


@pytest.mark.parametrize("awake", ["W", "A", "?"])
def test_none_begins_in_wake_artefact_or_unscored_time(awake: str) -> None:
    # one event in every epoch, sleep and these in turn
    spans = [(30.0 * epoch + 12.0, 30.0 * epoch + 17.0) for epoch in range(30)]
    found = judged(spans, ("2" + awake) * 15)
    taken = found[found["is_arousal"]]
    assert taken["onset_s"].tolist() == pytest.approx(
        [60.0 * pair + 12.0 for pair in range(15)], abs=0.05
    )
    assert set(found["reason"]) == {"", "not_asleep"}


def test_epochs_of_another_length_are_gated_by_their_own_edges() -> None:
    # wake from 20 s to 40 s, which no epoch of 30 s is
    scoring = make_scoring("2W" + "2" * 43, epoch_s=20.0)
    found = judged([(21.0, 25.0), (31.0, 35.0), (41.0, 45.0)], scoring)
    assert found["reason"].tolist() == ["", "not_asleep", ""]
    later = replace(make_scoring("2W2R"), onset_s=45.0)
    found = judged([(50.0, 55.0), (90.0, 95.0), (140.0, 145.0)], later)
    assert found["stage"].tolist() == ["N2", "W", "R"]


def test_one_that_begins_in_wake_has_the_stage_of_10_s_before() -> None:
    """METRICS, D: in wake from 60 to 90 s, after REM; artefact is no sleep."""
    spans = [(68.0, 73.0), (82.0, 87.0), (245.0, 250.0)]
    found = judged(spans, "2RW2222AW" + "2" * 21)
    assert found["reason"].tolist() == ["", "not_asleep", "not_asleep"]
    assert found["stage"].tolist() == ["R", "W", "W"]


def test_arousals_less_than_ten_seconds_apart_are_one() -> None:
    found = judged([(100.0, 104.0), (113.8, 118.0), (128.2, 132.2)])
    assert found["reason"].tolist() == ["", "joined", ""]
    assert found["duration_s"].tolist() == pytest.approx([18.0, 4.2, 4.0], abs=0.05)
    assert found["is_long"].tolist() == [True, False, False]


def test_one_that_is_not_taken_joins_nothing() -> None:
    """From 85 to 88 s sleep, then wake from 90 to 120 s, then sleep again."""
    found = judged([(85.0, 88.0), (100.2, 113.0), (121.0, 125.0)], "222W" + "2" * 26)
    assert found["reason"].tolist() == ["", "not_asleep", ""]
    assert found["stage"].tolist() == ["N2", "W", "N2"]


def test_none_begins_where_a_channel_is_lost() -> None:
    found = judged([(101.0, 106.0), (206.0, 212.0)], lost=(20, 42))
    assert found["reason"].tolist() == ["signal_lost", ""]


def test_what_was_joined_has_the_highest_probability() -> None:
    found = judged(
        [(100.0, 104.0), (111.0, 118.0), (140.0, 144.0)],
        sure=(0.7, 0.95, 0.8),
        bad=(21,),
    )
    assert found["arousal_probability"].tolist() == pytest.approx([0.95, 0.95, 0.8])
    # from 100 to 118 s with artefact from 105 to 110 s
    assert found["artefact_frac"].tolist() == pytest.approx(
        [5 / 18, 0.0, 0.0], abs=0.01
    )


def test_an_arousal_that_ends_in_wake_is_an_awakening() -> None:
    stages = "222" + "2" + "2W2R" + "2" * 22
    found = judged([(80.0, 89.0), (145.0, 151.0), (205.0, 211.0)], stages)
    assert found["to_wake"].tolist() == [False, True, False]
    assert set(found["channels"]) == {"C4_M1"}


def test_a_night_without_any_has_a_table_of_the_same_types() -> None:
    none, one = judged([]), judged([(100.0, 105.0)])
    assert none.empty
    assert none.dtypes.equals(one.dtypes)
    assert one.columns.tolist() == list(COLUMNS)


def test_shorter_than_three_seconds_is_none() -> None:
    assert judged([(100.0, 102.9)]).empty
    assert len(judged([(100.0, 103.1)])) == 1
