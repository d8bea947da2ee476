"""What holds for every hypnogram."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgkit.domain.metrics import Tier
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure import METRICS, measure_all, measure_scoring
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import find_runs

EPOCH_S = 30.0
STAGES = st.sampled_from(list(Stage))
# Runs rather than single epochs, so that bouts, periods and cycles come about.
HYPNOGRAMS = (
    st.lists(st.tuples(STAGES, st.integers(1, 60)), min_size=1, max_size=25)
    .map(lambda runs: [stage for stage, length in runs for _ in range(length)])
    .filter(lambda stages: any(stage >= 0 for stage in stages))
)
AROUSALS = st.none() | st.lists(
    st.tuples(st.floats(0, 20000), st.floats(0, 60)), max_size=10
)


def in_bed(stages: list[Stage], arousals=None) -> Scoring:
    return Scoring.from_stages(
        stages,
        epoch_s=EPOCH_S,
        lights_off_s=0,
        lights_on_s=len(stages) * EPOCH_S,
        arousals=arousals,
    )


@given(HYPNOGRAMS)
def test_stage_minutes_and_unscored_add_up_to_the_time_in_bed(stages):
    measures = measure_scoring(in_bed(stages))
    parts = ["w_min", "n1_min", "n2_min", "n3_min", "rem_min", "unscored_min"]
    assert measures[parts].sum() == pytest.approx(measures["tib_min"])
    assert measures["tib_min"] == len(stages) / 2


@given(HYPNOGRAMS)
def test_the_parts_of_a_night_add_up_to_the_time_in_bed(stages):
    """METRICS M: TIB = SOL + TST + WASO + ART and UNS after onset."""
    measures = measure_scoring(in_bed(stages))
    parts = measures[["sol_min", "tst_min", "waso_aasm_min"]]
    asleep = np.flatnonzero(np.array(stages) > 0)
    if parts.isna().any() or len(asleep) == 0:
        return
    unscored = sum(stage < 0 for stage in stages[asleep[0] :]) / 2
    assert measures["tib_min"] == pytest.approx(parts.sum() + unscored)


@given(HYPNOGRAMS, AROUSALS)
def test_a_number_is_given_or_a_reason_is(stages, arousals):
    measures, _ = measure_all(in_bed(stages, arousals))
    assert [measure.name for measure in measures] == [spec.name for spec in METRICS]
    for measure in measures:
        assert np.isnan(measure.value) == bool(measure.reason), measure.name
        assert np.isnan(measure.value) or measure.value >= 0, measure.name
        assert measure.reliability.tier in Tier


@given(HYPNOGRAMS, AROUSALS)
def test_shares_lie_between_none_and_all(stages, arousals):
    measures = measure_scoring(in_bed(stages, arousals)).dropna()
    for name, value in measures.items():
        if name.endswith("_frac") or "_frac_" in name:
            assert value <= 1 + 1e-9, name
        if ("_pct" in name) and name != "ar_burden_pct":
            assert value <= 100 + 1e-9, name


@given(HYPNOGRAMS)
def test_reversing_a_night_keeps_its_bouts(stages):
    forward = Evidence.of(in_bed(stages)).bouts
    backward = Evidence.of(in_bed(stages[::-1])).bouts
    for name, bouts in forward.items():
        assert backward[name].lengths.tolist() == bouts.lengths[::-1].tolist()


@given(HYPNOGRAMS)
def test_runs_cover_every_epoch(stages):
    codes = np.array(stages, dtype=np.int64)
    runs = find_runs(codes)
    assert np.array_equal(np.repeat(runs.codes, runs.lengths), codes)
    assert (np.diff(runs.codes) != 0).all()


@given(HYPNOGRAMS, AROUSALS, st.integers(1, 200), st.integers(1, 200))
def test_unscored_epochs_outside_the_window_change_no_index(
    stages, arousals, before, after
):
    scoring = in_bed(stages, [] if arousals is None else arousals)
    longer = replace(
        scoring,
        stages=np.pad(scoring.stages, (before, after), constant_values=Stage.UNS),
        onset_s=-before * EPOCH_S,
    )
    expected = measure_scoring(scoring).drop("rec_min")
    found = measure_scoring(longer).drop("rec_min")
    assert found.to_dict() == pytest.approx(expected.to_dict(), nan_ok=True)


@given(HYPNOGRAMS)
def test_filling_pauses_never_adds_rem_or_bouts(stages):
    night = Evidence.of(in_bed(stages))
    raw, filled = night.rem_bouts["raw"], night.rem_bouts["b2m"]
    assert len(filled) <= len(raw)
    assert night.rem_epochs_in(filled).sum() == night.rem_epochs_in(raw).sum()
    assert filled.lengths.sum() >= raw.lengths.sum()


@given(HYPNOGRAMS)
def test_cycles_follow_one_another(stages):
    cycles = Evidence.of(in_bed(stages)).cycles
    for cycle in cycles:
        assert cycle.start < cycle.nrem_stop <= cycle.stop
        assert cycle.has_rem or not cycle.is_complete
    for one, other in pairwise(cycles):
        assert one.stop <= other.start


# What METRICS section 0 says of epochs: chances to stay, and what is counted in epochs
# or rounded to them.
DEPENDS_ON_EPOCHS = ("stay_", "rem_cont", "trans_entropy", "awak_ge2ep", "n3_first3")


@given(HYPNOGRAMS.map(lambda stages: [max(stage, Stage.W) for stage in stages]))
def test_finer_epochs_of_the_same_night_change_no_other_number(stages):
    whole = in_bed(stages, [])
    fine = replace(whole, stages=np.repeat(whole.stages, 3), epoch_s=EPOCH_S / 3)
    expected, found = measure_scoring(whole), measure_scoring(fine)
    for name in expected.index:
        if not name.startswith((*DEPENDS_ON_EPOCHS, "n3_mid3", "n3_last3")):
            assert found[name] == pytest.approx(expected[name], nan_ok=True), name
