"""The catalogue as a whole."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from makers import make_scoring
from night_makers import declared

from psgkit.domain.metrics import Tier
from psgkit.measure import (
    ALL_METRICS,
    METRICS,
    data_dictionary,
    find_measure_issues,
    measure_all,
    measure_scoring,
    metrics_markdown,
)

NIGHT = (
    "W" * 20
    + ("1" * 4 + "2" * 60 + "3" * 40 + "2A2" * 10 + "RRR1RRRWRR" * 4) * 5
    + "WW"
)
SUFFIXES = re.compile(r"_(min|s|n|pct|frac|per_h|bits)(_raw|_b2m|_b6m)?$")
NAMED_BY_METRICS_MD = {"stage_conf_mean", "stage_conf_rem"}
WITHOUT_UNIT = {"window_day"}  # 1 is the first day: an ordinal


def test_every_column_is_named_once_with_its_unit():
    names = [spec.name for spec in METRICS]
    assert len(set(names)) == len(names)
    for spec in METRICS:
        has_unit = spec.unit == "0 or 1" or spec.name in (
            NAMED_BY_METRICS_MD | WITHOUT_UNIT
        )
        assert has_unit or SUFFIXES.search(spec.name), spec.name
        assert spec.meaning.endswith("."), spec.name
        assert spec.source, spec.name


def test_both_ways_to_measure_give_the_same():
    scoring = make_scoring(NIGHT, arousals=[(3000, 5)])
    measures, tables = measure_all(scoring)
    series = measure_scoring(scoring)
    assert [measure.name for measure in measures] == list(series.index)
    values = [measure.value for measure in measures]
    assert values == pytest.approx(series.to_list(), nan_ok=True)
    names = {"bouts", "rem_periods", "cycles", "transitions"}
    names |= {"arousals", "arousal_causes"}
    assert set(tables) == names


def test_tables_lie_on_the_recording():
    scoring = make_scoring("WW" + "2" * 60 + "R" * 20 + "2" * 40, arousals=[(1900, 5)])
    end_s = 600 + scoring.end_s
    moved = replace(scoring, onset_s=600, lights_off_s=600, lights_on_s=end_s)
    _, tables = measure_all(moved)
    rem = tables["bouts"].query("stage == 'R' and form == 'raw'")
    assert rem["onset_s"].to_list() == [600 + 62 * 30]
    assert rem["duration_min"].to_list() == [10]
    assert tables["rem_periods"]["onset_s"].to_list() == [2460]
    assert tables["cycles"]["onset_s"].to_list() == [660, 3060]
    assert tables["arousals"]["stage"].to_list() == ["N2"]


def test_transitions_in_both_forms():
    _, tables = measure_all(make_scoring("W2222RR22W"))
    table = tables["transitions"].query("span == 'window'")
    from_n2 = table[table["before"] == "N2"].set_index("after")
    # 2-2 three and one, 2-R one, 2-W one
    assert from_n2["count"].to_dict() == {"W": 1, "N1": 0, "N2": 4, "N3": 0, "R": 1}
    assert from_n2.loc["N2", "chance"] == pytest.approx(4 / 6)
    assert from_n2.loc["W", "exit_share"] == 0.5
    inside = tables["transitions"].query("span == 'sleep_period' and before == 'N2'")
    assert inside["count"].sum() == 5  # without the final awakening


def test_staying_is_converted_to_epochs_of_30_s():
    _, tables = measure_all(make_scoring("2222222233", epoch_s=10))
    table = tables["transitions"].query("span == 'window'")
    stay = table.query("before == 'N2' and after == 'N2'").iloc[0]
    assert stay["chance"] == pytest.approx(7 / 8)
    assert stay["chance_30s"] == pytest.approx((7 / 8) ** 3)


def test_tables_of_a_night_without_sleep_are_empty_but_whole():
    _, tables = measure_all(make_scoring("W" * 10))
    assert len(tables["rem_periods"]) == 0
    assert len(tables["cycles"]) == 0
    assert "arousals" not in tables


def test_the_dictionary_has_every_column():
    table = data_dictionary()
    assert table["name"].to_list() == [metric.column for metric in ALL_METRICS]
    row = table.set_index("name").loc["rem_wmean_min_b2m"]
    assert row["tier"] == Tier.PRIMARY
    assert row["experts"] == pytest.approx(0.76, abs=0.03)
    assert row["automatic"] == pytest.approx(0.68, abs=0.03)


def test_the_page_of_metrics_is_current():
    page = Path(__file__).parents[3] / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == metrics_markdown(), (
        "run scripts/make_docs.py"
    )


def test_automatic_staging_gets_intervals_and_experts_none():
    scoring = make_scoring(NIGHT)
    by_expert = {m.name: m for m in measure_all(scoring)[0]}
    automatic = replace(scoring, is_automatic=True)
    by_program = {m.name: m for m in measure_all(automatic)[0]}
    assert math.isnan(by_expert["rem_min"].low)
    rem = by_program["rem_min"]
    assert rem.value == by_expert["rem_min"].value
    assert rem.low < rem.value < rem.high
    assert by_program["n3_min"].low >= 0
    assert by_program["rem_pct"].high <= 100


def test_a_nap_gets_no_interval_since_the_errors_are_those_of_nights():
    nap = replace(make_scoring("2" * 120 + "R" * 40), is_automatic=True)
    assert all(math.isnan(m.low) for m in measure_all(nap)[0])


def issues_of(stages: str, **options: object) -> set[str]:
    measures, _ = measure_all(make_scoring(stages, **options))
    return {issue.code for issue in find_measure_issues(measures)}


def test_an_ordinary_night_raises_no_issue():
    assert issues_of(NIGHT + "2" * 100) == set()


def test_much_unscored_time_is_told():
    assert "much_unscored" in issues_of("2" * 200 + "A" * 30 + "2" * 69)
    assert "much_unscored" not in issues_of("2" * 200 + "A" * 30 + "2" * 70)


def test_unknown_lights_are_told():
    assert "lights_unknown" in issues_of(NIGHT, lights=False)


def test_values_outside_of_the_alarm_limits_are_told():
    measures = [declared("n3_pct", 51.0)]
    assert [issue.code for issue in find_measure_issues(measures)] == ["unlikely_value"]
    assert find_measure_issues([declared("n3_pct", 50.0)]) == ()


def test_a_column_of_a_channel_and_stage_has_its_stem_s_limits():
    name = "sp_freq_hz__C4_M1__N2"
    (issue,) = find_measure_issues([declared(name, 16.0)])
    assert name in issue.message
    assert find_measure_issues([declared(name, math.nan)]) == ()


def test_three_hours_of_automatic_staging_get_intervals():
    for epochs, known in ((360, True), (359, False)):
        scoring = replace(
            make_scoring("2" * (epochs - 40) + "R" * 40), is_automatic=True
        )
        by_name = {m.name: m for m in measure_all(scoring)[0]}
        assert math.isfinite(by_name["rem_min"].low) == known
