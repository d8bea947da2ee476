"""Arousals by cause: METRICS section M."""

import math

import pytest
from makers import make_scoring

from psgkit.domain.sleep.event_tables import make_events
from psgkit.measure import measure_all, measure_scoring

# 400 epochs of N2 are 200 min of sleep
HOURS = 200 / 60
NIGHT = make_scoring("2" * 400)


def measures_of(*rows, scored=("arousal",)):
    events = make_events((*row, "lab") for row in rows)
    return measure_scoring(NIGHT.with_events(events, scored))


def reason_of(name, *rows, scored=("arousal",)):
    events = make_events((*row, "lab") for row in rows)
    measures, _ = measure_all(NIGHT.with_events(events, scored))
    return {measure.name: measure.reason for measure in measures}[name]


def test_the_scorers_word_counts_before_the_event_beside_it():
    found = measures_of(
        (1000.0, 4.0, "arousal:limb"),
        (990.0, 12.0, "apnea_obstructive"),
        scored=("arousal", "respiratory", "limb_movement"),
    )
    assert found["ari_limb_per_h"] == pytest.approx(1 / HOURS)
    assert found["ari_resp_per_h"] == 0
    assert found["ari_spont_per_h"] == 0


def test_breathing_counts_before_limbs_and_limbs_before_snoring():
    found = measures_of(
        (1000.0, 4.0, "arousal"),
        (2000.0, 4.0, "arousal"),
        (3000.0, 4.0, "arousal"),
        (4000.0, 4.0, "arousal"),
        (985.0, 12.0, "hypopnea"),
        (999.0, 2.0, "limb_movement"),
        (1999.0, 2.0, "limb_movement"),
        (1990.0, 20.0, "snore"),
        (2990.0, 20.0, "snore"),
        scored=("arousal", "respiratory", "limb_movement", "snore"),
    )
    for name in ("resp", "limb", "snore", "spont"):
        assert found[f"ari_{name}_per_h"] == pytest.approx(1 / HOURS), name


@pytest.mark.parametrize(
    ("onset_s", "length_s", "is_caused"),
    [
        (995.0, 4.6, True),  # ends 0.4 s before
        (995.0, 4.5, False),  # 0.5 s before: not under 0.5 s
        (1004.4, 2.0, True),  # begins 0.4 s after the arousal's end
        (1004.5, 2.0, False),
        (1001.0, 1.0, True),  # within
    ],
)
def test_a_limb_movement_is_less_than_half_a_second_apart(onset_s, length_s, is_caused):
    found = measures_of(
        (1000.0, 4.0, "arousal"),
        (onset_s, length_s, "limb_movement"),
        scored=("arousal", "limb_movement", "respiratory"),
    )
    assert found["ari_limb_per_h"] == pytest.approx(is_caused / HOURS)
    assert found["ari_spont_per_h"] == pytest.approx((not is_caused) / HOURS)


def test_a_cause_that_was_not_looked_for_is_unknown():
    assert "limb movements were not scored" in reason_of(
        "ari_limb_per_h", (1000.0, 4.0, "arousal"), scored=("arousal", "respiratory")
    )
    found = measures_of((1000.0, 4.0, "arousal"), scored=("arousal", "respiratory"))
    assert found["ari_resp_per_h"] == 0
    assert found["ari_spont_per_h"] == pytest.approx(1 / HOURS)


def test_names_that_give_every_cause_are_enough():
    found = measures_of(
        (1000.0, 4.0, "arousal:respiratory"), (2000.0, 4.0, "arousal:spontaneous")
    )
    assert found["ari_resp_per_h"] == pytest.approx(1 / HOURS)
    assert found["ari_spont_per_h"] == pytest.approx(1 / HOURS)
    assert found["ari_limb_per_h"] == 0
    assert found["ari_snore_per_h"] == 0


def test_a_cause_that_was_not_understood_is_never_zero():
    rows = (
        (1000.0, 4.0, "arousal:unknown"),
        (2000.0, 4.0, "arousal:respiratory"),
    )
    found = measures_of(*rows, scored=("arousal", "respiratory", "limb_movement"))
    assert found["ar_n"] == 2
    assert found["ari_resp_per_h"] == pytest.approx(1 / HOURS)
    assert math.isnan(found["ari_limb_per_h"])
    assert math.isnan(found["ari_spont_per_h"])


def test_names_that_are_not_known_leave_no_index_at_zero():
    rows = ((1000.0, 12.0, "hypopnea"), (2000.0, 4.0, "other"))
    groups = ("arousal", "respiratory", "desaturation", "limb_movement")
    found = measures_of(*rows, scored=groups)
    assert found["ahi_per_h"] == pytest.approx(1 / HOURS)
    for name in ("ari_per_h", "ar_n", "ari_nrem_per_h", "odi_per_h", "plmi_per_h"):
        assert math.isnan(found[name]), name
    assert "1 scored events have names that are not known" in reason_of(
        "ari_per_h", *rows, scored=groups
    )


def test_breathing_events_without_a_type_are_no_ahi_of_zero():
    found = measures_of((1000.0, 12.0, "respiratory_event"), scored=("respiratory",))
    assert math.isnan(found["ahi_per_h"])


def test_the_long_table_holds_each_cause_and_stage():
    scoring = make_scoring("2" * 200 + "R" * 200)
    events = make_events(
        [
            (600.0, 4.0, "arousal:snore", "lab"),
            (7000.0, 4.0, "arousal:snore", "lab"),
            (8000.0, 4.0, "arousal", "lab"),
        ]
    )
    _, tables = measure_all(scoring.with_events(events, ["arousal"]))
    table = tables["arousal_causes"].set_index(["cause", "stage"])
    assert table.loc[("snore", "N2"), "arousal_n"] == 1
    assert table.loc[("snore", "R"), "arousal_per_h"] == pytest.approx(1 / (100 / 60))
    assert table.loc[("none given", "R"), "arousal_n"] == 1
    assert table["arousal_n"].sum() == 3
