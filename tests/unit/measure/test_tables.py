"""The long tables, row by row. Epochs last 30 s; the scoring begins at 600 s."""

from dataclasses import replace

import pandas as pd
import pytest
from makers import make_scoring

from psgkit.domain.sleep.event_tables import make_events
from psgkit.measure import measure_all

# W 0, N1 2, N2 4, N3 64, R 74, W 79, R 81, N2 86, R 131, W 151; 153 epochs
STAGES = (
    "WW" + "11" + "2" * 60 + "3" * 10 + "R" * 5 + "WW" + "R" * 5 + "2" * 45 + "R" * 20
) + "WW"


def tables_of(stages: str, **options: object) -> dict[str, pd.DataFrame]:
    scoring = make_scoring(stages, **options)
    end_s = 600 + scoring.end_s
    moved = replace(scoring, onset_s=600, lights_off_s=600, lights_on_s=end_s)
    return measure_all(moved)[1]


def bouts(table: pd.DataFrame, stage: str, form: str = "raw") -> list[tuple]:
    own = table[(table["stage"] == stage) & (table["form"] == form)]
    columns = own[["onset_s", "duration_min", "is_censored"]]
    return list(columns.itertuples(index=False, name=None))


def test_bouts_of_every_stage_and_form():
    table = tables_of(STAGES)["bouts"]
    assert bouts(table, "W") == [
        (600, 1, True),
        (600 + 79 * 30, 1, False),
        (600 + 151 * 30, 1, True),
    ]
    assert bouts(table, "N1") == [(660, 1, False)]
    assert bouts(table, "N2") == [(720, 30, False), (600 + 86 * 30, 22.5, False)]
    assert bouts(table, "N3") == [(600 + 64 * 30, 5, False)]
    assert bouts(table, "NREM") == [(660, 36, False), (600 + 86 * 30, 22.5, False)]
    assert bouts(table, "sleep") == [(660, 38.5, False), (600 + 81 * 30, 35, False)]
    assert bouts(table, "R") == [
        (600 + 74 * 30, 2.5, False),
        (600 + 81 * 30, 2.5, False),
        (600 + 131 * 30, 10, False),
    ]
    filled = [(600 + 74 * 30, 6, False), (600 + 131 * 30, 10, False)]
    assert bouts(table, "R", "b2m") == filled
    assert bouts(table, "R", "b6m") == filled
    assert list(table.columns) == [
        *("stage", "form", "onset_s", "duration_min", "is_censored")
    ]
    assert table.index.tolist() == list(range(len(table)))


def test_rem_periods_and_their_interruptions():
    table = tables_of(STAGES)["rem_periods"]
    # 74 to 85, 12 epochs of which 10 are R, broken by W; 131 to 150
    assert table.to_dict("list") == {
        "onset_s": [600 + 74 * 30, 600 + 131 * 30],
        "span_min": [6, 10],
        "rem_min": [5, 10],
        "interruption_n": [1, 0],
        "interruption_w_n": [1, 0],
        "is_censored": [False, False],
    }


def test_interruptions_count_in_their_own_period():
    # R 60, N2 70, R 72, W 80, R 81; N2 90; R 130, N1 150, R 152, the last
    stages = "2" * 60 + "R" * 10 + "22" + "R" * 8 + "W" + "R" * 9 + "2" * 40
    table = tables_of(stages + "R" * 20 + "11" + "R" * 10)["rem_periods"]
    assert table["interruption_n"].tolist() == [2, 1]
    assert table["interruption_w_n"].tolist() == [1, 0]
    assert table["is_censored"].tolist() == [False, True]


def test_cycles_and_what_they_hold():
    table = tables_of(STAGES)["cycles"]
    # N1 from 2, R until 85: 84 epochs, 72 of them NREM; then 86 to 150, no sleep after
    assert table.to_dict("list") == {
        "onset_s": [660, 600 + 86 * 30],
        "duration_min": [42, 32.5],
        "nrem_period_min": [36, 22.5],
        "n3_min": [5, 0],
        "rem_min": [5, 10],
        "has_rem": [True, True],
        "is_complete": [True, False],
    }


def test_transitions_of_the_window_and_of_the_sleep_period():
    table = tables_of("WW22232W")["transitions"]
    assert len(table) == 50
    assert table["span"].tolist() == ["window"] * 25 + ["sleep_period"] * 25
    stages = ["W", "N1", "N2", "N3", "R"]
    assert table["before"].tolist()[:25] == [s for s in stages for _ in range(5)]
    assert table["after"].tolist()[:25] == stages * 5
    rows = table.set_index(["span", "before", "after"])
    # from W: one stays, one goes to N2; from N2: two stay, one to N3, one to W
    assert rows.loc[("window", "W", "W"), "count"] == 1
    assert rows.loc[("window", "W", "N2"), "chance"] == 0.5
    assert rows.loc[("window", "N2", "N2"), "chance"] == 0.5
    assert rows.loc[("window", "N2", "N3"), "exit_share"] == 0.5
    assert rows.loc[("sleep_period", "N2", "N3"), "exit_share"] == 1
    assert rows.loc[("sleep_period", "N3", "N2"), "chance"] == 1
    # no exit to itself, no chance of 30 s but of staying, nothing of a stage unseen
    assert pd.isna(rows.loc[("window", "N2", "N2"), "exit_share"])
    assert rows.loc[("window", "N2", "N2"), "chance_30s"] == 0.5
    assert pd.isna(rows.loc[("window", "N2", "N3"), "chance_30s"])
    assert pd.isna(rows.loc[("window", "R", "W"), "chance"])
    assert rows.loc[("sleep_period", "W", "N2"), "count"] == 0


def test_arousals_of_the_window_with_their_stages():
    scoring = make_scoring(STAGES)
    events = make_events(
        [
            (599.0, 5.0, "arousal", "lab"),  # before lights-off
            (600.0, 5.0, "arousal", "lab"),
            (800.0, 4.0, "arousal:limb", "lab"),
            (900.0, 4.0, "hypopnea", "lab"),
            # 5 s into the W from 2970 s: of R
            (2975.0, 9.0, "arousal", "lab"),
            # the end of the window, and the moment before
            (5189.9, 3.0, "arousal", "lab"),
            (5190.0, 3.0, "arousal", "lab"),
        ]
    )
    in_bed = replace(scoring, onset_s=600, lights_off_s=600, lights_on_s=5190)
    table = measure_all(in_bed.with_events(events, {"arousal"}))[1]["arousals"]
    assert table["onset_s"].tolist() == [600, 800, 2975, 5189.9]
    assert table["cause"].tolist() == ["", "limb", "", ""]
    assert table["stage"].tolist() == ["W", "N2", "R", "W"]
    assert table["duration_s"].tolist() == [5, 4, 9, 3]
    assert table.index.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("stages", ["W" * 10, "?" * 10])
def test_a_night_without_sleep_has_empty_tables_with_their_columns(stages):
    tables = tables_of(stages)
    assert set(tables) == {"bouts", "rem_periods", "cycles", "transitions"}
    assert "is_censored" in tables["rem_periods"].columns
    assert "onset_s" in tables["cycles"].columns
    assert tables["bouts"].columns.tolist() == [
        *("stage", "form", "onset_s", "duration_min", "is_censored")
    ]
    for name in ("rem_periods", "cycles"):
        assert tables[name].empty
