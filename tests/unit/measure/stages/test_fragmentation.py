"""Fragmentation: METRICS section E. All counts lie in the sleep period."""

import math

import numpy as np
import pytest
from makers import make_scoring
from scipy import stats

from psgkit.measure import measure_all, measure_scoring
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import survival_curve

# W, N1 5, N2 300, W 2, N1 3, N2 20, R 20, N1 2, R 10, W 4, N2 20, N3 20, N1 1, W 9.
# Sleep 5+300+3+20+20+2+10+20+20+1 = 401 epochs, sleep period 407.
STAGES = (
    "W" + "1" * 5 + "2" * 300 + "WW" + "111" + "2" * 20 + "R" * 20 + "11" + "R" * 10
) + ("WWWW" + "2" * 20 + "3" * 20 + "1" + "W" * 9)
SLEEP_H = 401 / 120


def test_the_three_indices_and_the_shifts():
    found = measure_scoring(make_scoring(STAGES))
    # awakenings: after N2 and after R; the final one does not count
    assert found["sfi_yasa_per_h"] == pytest.approx(2 / SLEEP_H)
    # and to N1 from R and from N3
    assert found["sfi_morrell_per_h"] == pytest.approx(4 / SLEEP_H)
    # among sleep stages: N1-N2, N1-N2, N2-R, R-N1, N1-R, N2-N3, N3-N1
    assert found["sfi_haba_per_h"] == pytest.approx(9 / SLEEP_H)
    # 2 to W, 2 from W, 7 among sleep stages, in 407 epochs
    assert found["shift_per_h"] == pytest.approx(11 / (407 / 120))
    assert found["awak_n"] == 2
    assert found["wake_bout_n"] == 2
    assert found["wake_bout_mean_min"] == 1.5
    assert found["wake_bout_max_min"] == 2


def test_an_awakening_counts_though_artefact_hides_its_moment():
    found = measure_scoring(make_scoring("W" + "2" * 300 + "AAAWW" + "2" * 100))
    assert found["sfi_yasa_per_h"] == pytest.approx(1 / (400 / 120))
    # no step between stages was seen there but that from W to N2
    assert found["shift_per_h"] == pytest.approx(1 / (405 / 120))


def test_entropy_of_a_night_worked_out():
    # sleep period 2222 3333 2: steps 2-2 3, 2-3 1, 3-3 3, 3-2 1; chances 3/4 and 1/4
    # from both. H = -(3/4 log2 3/4 + 1/4 log2 1/4) = 0.811278, whatever the shares.
    found = measure_scoring(make_scoring("W" + "222233332" + "W"))
    assert found["trans_entropy_bits"] == pytest.approx(0.8112781245)
    assert found["stay_n2_frac"] == 0.75
    assert found["stay_n3_frac"] == 0.75
    assert math.isnan(found["stay_rem_frac"])


def test_entropy_weighs_by_the_share_of_each_stage():
    # 2 x6, 3 x2, 2 x2: shares 8/10, 2/10; from N2 6 stay, 1 leaves; from N3 1 and 1
    found = measure_scoring(make_scoring("2222223322"))
    from_n2 = -(6 / 7 * np.log2(6 / 7) + 1 / 7 * np.log2(1 / 7))
    assert found["trans_entropy_bits"] == pytest.approx(0.8 * from_n2 + 0.2 * 1)


def test_a_stage_that_never_changes_has_no_entropy():
    assert measure_scoring(make_scoring("W2222W"))["trans_entropy_bits"] == 0


def test_runs_of_sleep():
    # runs of 10, 20, 30, 40 epochs end in W, the last, of 50, with the window
    stages = "W".join("2" * length for length in (10, 20, 30, 40, 50))
    found = measure_scoring(make_scoring("W" + stages))
    # 5 at risk: 10 ends, 0.8; 20: 0.6; 30: 0.4, at 15 min
    assert found["sleep_run_med_min"] == 15
    assert found["sleep_s10_frac"] == pytest.approx(0.6)


def test_four_runs_of_sleep_are_too_few():
    stages = "W".join("2" * length for length in (10, 20, 30, 40))
    assert math.isnan(measure_scoring(make_scoring(stages))["sleep_run_med_min"])


def test_survival_is_scipy_s():
    rng = np.random.default_rng(1)
    for _ in range(50):
        lengths = rng.integers(1, 20, size=30) / 2
        censored = rng.random(30) < 0.3
        times, survival = survival_curve(lengths, censored)
        data = stats.CensoredData(
            uncensored=lengths[~censored], right=lengths[censored]
        )
        expected = stats.ecdf(data).sf
        assert survival == pytest.approx(expected.evaluate(times))


def test_transitions_across_artefact():
    # one epoch of artefact within N2 is bridged, before R it hides the step
    counts = Evidence.of(make_scoring("22A22ARR")).transitions
    assert counts.sum() == 5
    assert counts[2, 2] == 4
    assert counts[4, 4] == 1


def indices(stages: str) -> dict[str, float]:
    """Return the counts behind the three indices, on a night of exactly 3 h of sleep."""
    asleep = sum(letter in "123R" for letter in stages)
    night = measure_scoring(make_scoring("W" + "2" * (360 - asleep) + stages))
    names = ("sfi_yasa_per_h", "sfi_morrell_per_h", "sfi_haba_per_h")
    return {name: pytest.approx(3 * night[name]) for name in names}


@pytest.mark.parametrize(
    ("stages", "awakenings", "to_n1", "shifts"),
    [
        # from every stage of sleep to W; from N2 to N1, and back
        ("1W22", 1, 1, 1),
        ("W22", 1, 0, 0),
        ("3W22", 1, 0, 1),
        ("RW22", 1, 0, 1),
        # to N1 from N2, N3 and R
        ("122", 0, 1, 2),
        ("3122", 0, 1, 3),
        ("R122", 0, 1, 3),
        # from W to N1 is neither
        ("W122", 1, 0, 1),
    ],
)
def test_each_awakening_and_each_shift_counts_once(stages, awakenings, to_n1, shifts):
    assert {
        "sfi_yasa_per_h": awakenings,
        "sfi_morrell_per_h": awakenings + to_n1,
        "sfi_haba_per_h": awakenings + shifts,
    } == indices(stages)


def test_three_hours_of_sleep_are_enough_for_shifts_and_an_epoch_less_is_not():
    found = measure_scoring(make_scoring("W" + "2" * 359 + "R"))
    assert found["shift_per_h"] == pytest.approx(1 / 3)
    assert math.isnan(
        measure_scoring(make_scoring("W" + "2" * 358 + "R"))["shift_per_h"]
    )


def reasons_of(stages: str) -> dict[str, str]:
    measures, _ = measure_all(make_scoring(stages))
    return {measure.name: measure.reason for measure in measures}


def test_reasons():
    awake = reasons_of("W" * 9)
    for name in (
        *("sfi_yasa_per_h", "shift_per_h", "sleep_run_med_min", "sleep_s10_frac"),
        *("trans_entropy_bits", "stay_n2_frac"),
    ):
        assert awake[name] == "no sleep", name
    assert awake["n2_exit_per_h"] == "no N2"
    short = reasons_of("W" + "2" * 19 + "R")
    assert short["shift_per_h"] == "under 180 min of sleep"
    assert short["n2_exit_per_h"] == "under 10 min of N2"
    assert short["sleep_run_med_min"] == "under 5 runs of sleep"
    assert short["stay_n3_frac"] == "no step from N3 was seen"
    assert reasons_of("W2W")["trans_entropy_bits"] == "no step was seen"


def test_exits_count_over_the_whole_window_and_the_final_awakening_with_them():
    found = measure_scoring(make_scoring("W" * 20 + "2" * 40 + "W" * 20))
    assert found["w_exit_per_h"] == pytest.approx(1 / (40 / 120))
    assert found["n2_exit_per_h"] == pytest.approx(1 / (40 / 120))
    assert math.isnan(found["stay_w_frac"])  # no step from W within the period


def test_entropy_weighs_wake_and_leaves_unscored_epochs_out():
    # N2 6 of 8 scored: from it four steps stay and two go to W, from W both go back;
    # the unscored epoch is bridged for steps, and no epoch of a stage.
    found = measure_scoring(make_scoring("22W22W2A2"))
    stays, leaves = 4 / 6, 2 / 6
    from_n2 = -(stays * np.log2(stays) + leaves * np.log2(leaves))
    assert found["trans_entropy_bits"] == pytest.approx(6 / 8 * from_n2)


def test_a_stage_with_a_single_step_is_sure_of_it():
    # from N2 five stay and one goes to N3, which goes back: 7 of 8 epochs are N2
    found = measure_scoring(make_scoring("22232222"))
    from_n2 = -(5 / 6 * np.log2(5 / 6) + 1 / 6 * np.log2(1 / 6))
    assert found["trans_entropy_bits"] == pytest.approx(7 / 8 * from_n2)


def test_wake_that_goes_on_as_often_as_it_ends_has_a_bit_of_its_own():
    # from N2 two steps stay and two go; from W two stay and two go
    assert measure_scoring(make_scoring("22WWW22W2"))["trans_entropy_bits"] == 1
