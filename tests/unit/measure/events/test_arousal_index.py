"""Arousals by the stage they belong to: METRICS section D."""

import math
from pathlib import Path

import defusedxml.ElementTree as SafeTree
import pytest
from makers import make_scoring
from oracle_nights import oracle_nights

from psgkit.domain.scoring import AROUSALS_UNSEEN, NREM_AROUSALS
from psgkit.domain.sleep.event_tables import make_events
from psgkit.measure import measure_all, measure_scoring
from psgkit.read import read_scoring

# W 0-3, N1 4-7, N2 8-247, N3 248-307, R 308-367, W 368-371, N2 372-431; 4 + 240 + 60 +
# 60 + 60 = 424 epochs of sleep, 212 min
STAGES = "W" * 4 + "1" * 4 + "2" * 240 + "3" * 60 + "R" * 60 + "W" * 4 + "2" * 60


def measures_of(*arousals: tuple[float, float]):
    return measure_scoring(make_scoring(STAGES, arousals=arousals))


def test_indices_are_per_hour_of_what_they_are_in():
    found = measures_of((3000, 4), (4000, 6), (7500, 5), (9300, 20), (9500, 10))
    assert found["ar_n"] == 5
    assert found["ari_per_h"] == pytest.approx(5 / (212 / 60))
    assert found["ari_n2_per_h"] == pytest.approx(2 / 2.5)
    assert found["ari_n3_per_h"] == pytest.approx(1 / 0.5)
    assert found["ari_rem_per_h"] == pytest.approx(2 / 0.5)
    assert found["rem_ari_per_h"] == found["ari_rem_per_h"]
    assert found["ari_nrem_per_h"] == pytest.approx(3 / (182 / 60))
    assert math.isnan(found["ari_n1_per_h"])  # 2 min of N1
    assert found["ar_long_n"] == 1
    assert found["ar_dur_s"] == 6
    assert found["ar_burden_pct"] == pytest.approx(100 * 45 / (212 * 60))


@pytest.mark.parametrize(
    ("onset_s", "column"),
    [
        (11040.0, "ari_rem_per_h"),  # the first moment of W at 368; R 10 s before
        (11049.9, "ari_rem_per_h"),  # 0.1 s of R within the 10 s before
        (11050.0, "ar_wake_n"),  # W alone
        (11159.9, "ar_wake_n"),  # in W, though N2 comes next
        (11160.0, "ari_n2_per_h"),  # the first moment of N2
        (50.0, "ar_wake_n"),
    ],
)
def test_an_arousal_in_wake_belongs_to_the_stage_10_s_before(onset_s, column):
    assert measures_of((onset_s, 5))[column] > 0


def test_arousals_outside_of_the_window_do_not_count():
    scoring = make_scoring(STAGES, arousals=[(200, 5), (12961, 5)])
    assert measure_scoring(scoring)["ar_n"] == 1


def test_not_scored_is_not_none():
    assert math.isnan(measure_scoring(make_scoring(STAGES))["ari_per_h"])
    none_found = measures_of()
    assert none_found["ari_per_h"] == 0
    assert math.isnan(none_found["ar_dur_s"])


def test_an_arousal_just_after_a_breathing_event_is_not_spontaneous():
    scoring = make_scoring(STAGES, arousals=[(3000, 4), (4000, 4), (5000, 4)])
    # ends 5.0 s before the first, 5.1 s before the second, is under way at the third
    breathing = make_events(
        [
            (2980, 15, "apnea_obstructive", "lab"),
            (3980, 14.9, "hypopnea", "lab"),
            (4990, 15, "hypopnea", "lab"),
        ]
    )
    found = measure_scoring(scoring.with_events(breathing, ["respiratory"]))
    assert found["ari_spont_per_h"] == pytest.approx(1 / (212 / 60))


def test_an_arousal_that_the_lab_calls_respiratory_is_not_spontaneous():
    scoring = make_scoring(STAGES)
    events = make_events(
        [
            (3000.0, 4.0, "arousal:respiratory", "lab"),
            (4000.0, 4.0, "arousal:limb", "lab"),
            (5000.0, 4.0, "arousal:spontaneous", "lab"),
            (6000.0, 4.0, "arousal", "lab"),
        ]
    )
    found = measure_scoring(scoring.with_events(events, ["arousal", "respiratory"]))
    assert found["ar_n"] == 4
    assert found["ari_spont_per_h"] == pytest.approx(2 / (212 / 60))


def test_without_breathing_scored_spontaneous_is_unknown():
    measures, _ = measure_all(make_scoring(STAGES, arousals=[(3000, 4)]))
    found = {measure.name: measure for measure in measures}["ari_spont_per_h"]
    assert found.reason == (
        "breathing events were not scored, and no arousal's name gives a cause"
    )


def test_arousals_without_a_length_can_be_counted_and_no_more():
    scoring = make_scoring(STAGES, arousals=[(3000, 4), (9300, math.nan)])
    found = measure_scoring(scoring)
    assert found["ar_n"] == 2
    assert found["ari_rem_per_h"] == 2
    for name in ("ar_dur_s", "ar_long_n", "ar_burden_pct", "rem_consol_min"):
        assert math.isnan(found[name]), name
    assert math.isnan(found["rem_instab_per_h"])


def test_the_arousal_index_of_an_isruc_sheet(real_data):
    # The laboratory's own arithmetic in the sheet: 81 arousals in 308 min of sleep,
    # 15.8 per hour; the sheet tells no lengths.
    sheet = real_data / "scoring/isruc/subject1_scorer1.xlsx"
    found = measure_scoring(read_scoring(sheet))
    assert found["tst_min"] == 308
    assert found["ar_n"] + found["ar_wake_n"] == 81
    assert (found["ar_n"] + found["ar_wake_n"]) / (308 / 60) == pytest.approx(
        15.8, abs=0.05
    )
    assert math.isnan(found["ar_dur_s"])


def test_expert_arousals_of_real_nights(real_data):
    # The README of the data tells all arousals, and how many begin in an epoch of sleep.
    nights = oracle_nights(real_data)
    for name, everything, in_sleep in (
        ("learn-nsrr01", 194, 154),
        ("learn-nsrr02", 51, 38),
        ("100022", 142, 112),
    ):
        found = measure_scoring(nights[name])
        assert found["ar_n"] + found["ar_wake_n"] == everything
        # those in W of which the 10 s before are sleep come on top
        assert in_sleep <= found["ar_n"] <= everything


def test_without_chin_emg_only_what_rests_on_nrem_alone_is_known():
    """One arousal in 30 min of N2, 15 min of R of which nothing is known."""
    scoring = make_scoring("2" * 60 + "R" * 30)
    events = make_events([(100.0, 5.0, "arousal", "detector")])
    night = measure_scoring(scoring.with_events(events, {NREM_AROUSALS}))
    assert night["ari_nrem_per_h"] == pytest.approx(2.0)
    assert night[["ar_n", "ari_rem_per_h", "rem_ari_per_h"]].isna().all()


def test_without_chin_emg_a_night_without_rem_is_known_whole():
    scoring = make_scoring("2" * 400)
    events = make_events([(100.0, 5.0, "arousal", "detector")])
    night = measure_scoring(scoring.with_events(events, {NREM_AROUSALS}))
    assert night["ar_n"] == 1
    assert night["ari_per_h"] == pytest.approx(1 / (200 / 60))


def test_long_is_over_15_s():
    assert measures_of((3000, 15.0), (4000, 15.1), (5000, 3))["ar_long_n"] == 1


@pytest.mark.parametrize(
    ("ends_s", "spontaneous"),
    [
        (2994.9, 1),
        (2995.0, 0),
        # at the very moment at which the arousal begins, and after: it is under way
        (3000.0, 0),
        (3000.1, 0),
        (3020.0, 0),
    ],
)
def test_an_event_under_way_or_ended_within_5_s_takes_an_arousal(ends_s, spontaneous):
    scoring = make_scoring(STAGES, arousals=[(3000, 4)])
    apnea = make_events([(2990.0, ends_s - 2990.0, "apnea", "lab")])
    found = measure_scoring(scoring.with_events(apnea, ["respiratory"]))
    assert found["ari_spont_per_h"] == pytest.approx(spontaneous / (212 / 60))


@pytest.mark.parametrize(("start_s", "spontaneous"), [(3000.0, 0), (3000.1, 1)])
def test_an_event_that_begins_after_the_arousal_takes_it_not(start_s, spontaneous):
    scoring = make_scoring(STAGES, arousals=[(3000, 4)])
    apnea = make_events([(start_s, 12.0, "apnea", "lab")])
    found = measure_scoring(scoring.with_events(apnea, ["respiratory"]))
    assert found["ari_spont_per_h"] == pytest.approx(spontaneous / (212 / 60))


def test_of_several_events_one_is_enough():
    scoring = make_scoring(STAGES, arousals=[(3000, 4)])
    events = make_events(
        [
            (2900.0, 10.0, "apnea", "lab"),
            (2980.0, 17.0, "rera", "lab"),
            (3050.0, 10.0, "apnea", "lab"),
        ]
    )
    found = measure_scoring(scoring.with_events(events, ["respiratory"]))
    assert found["ari_spont_per_h"] == 0


def test_unseen_sleep_leaves_the_denominator():
    """Four hours of N2 with 12 arousals, 20 min of them unseen: 12 in 220 min."""
    onsets = [(600.0 * n + 5.0, 5.0) for n in range(12)]
    scoring = make_scoring("2" * 480, arousals=onsets)
    lost = make_events([(12000.0, 1200.0, AROUSALS_UNSEEN, "detector")])
    found = measure_scoring(scoring.with_events(lost, {"arousal"}))
    assert found["ari_per_h"] == pytest.approx(12 / (220 / 60))
    assert found["ari_n2_per_h"] == pytest.approx(12 / (220 / 60))
    assert found["ar_burden_pct"] == pytest.approx(100 * 1.0 / 220)


def test_over_a_tenth_unseen_leaves_the_index_undefined_and_others_as_they_are():
    """Of the 30 min of REM six are unseen: of all sleep that is 3 %."""
    scoring = make_scoring(STAGES, arousals=[(3000, 4), (9300, 20)])
    lost = make_events([(9400.0, 360.0, AROUSALS_UNSEEN, "detector")])
    found = measure_scoring(scoring.with_events(lost, {"arousal"}))
    for name in (
        "rem_ari_per_h",
        "ari_rem_per_h",
        "rem_consol_min",
        "rem_instab_per_h",
    ):
        assert math.isnan(found[name])
    assert found["ari_n2_per_h"] == pytest.approx(1 / 2.5)
    assert found["ari_per_h"] == pytest.approx(2 / (206 / 60))


def test_arousals_of_a_night_counted_by_a_plain_script(real_data: Path) -> None:
    """194 arousals, 154 of them in an epoch of sleep; METRICS D adds 10 s before W."""
    path = real_data / "scoring/profusion/learn-nsrr01.xml"
    root = SafeTree.parse(path).getroot()
    stages = [int(node.text or "0") for node in root.iter("SleepStage")]
    onsets_s = [
        float(event.findtext("Start") or "nan")
        for event in root.iter("ScoredEvent")
        if (event.findtext("Name") or "").startswith("Arousal")
    ]
    own = [stages[int(onset_s // 30)] for onset_s in onsets_s]
    before = [stages[int(max(onset_s - 10, 0) // 30)] for onset_s in onsets_s]
    begun = sum(1 <= stage <= 5 for stage in own)
    counted = sum(
        1 <= (stage or earlier) <= 5 for stage, earlier in zip(own, before, strict=True)
    )
    assert (len(onsets_s), begun, counted) == (194, 154, 176)
    assert measure_scoring(read_scoring(path))["ar_n"] == 176
