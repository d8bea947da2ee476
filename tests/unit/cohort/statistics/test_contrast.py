"""Contrasts between groups: the numbers of statsmodels, and what is said beside them.

How often they are right: ``test_judged_contrasts.py``.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

import psgkit
from psgkit.cli.app import app
from psgkit.cohort.statistics.contrast import compare_groups
from psgkit.cohort.statistics.contrast_files import read_cohort_table, save_contrast
from psgkit.cohort.statistics.model import Model, hours_of, models_of
from psgkit.errors import InputError

pytest.importorskip("statsmodels")


def make_cohort(
    seed: int,
    *,
    people: int = 40,
    nights: int = 1,
    ratio: float = 1.0,
    rate_ratio: float = 1.0,
    odds_ratio: float = 1.0,
) -> pd.DataFrame:
    """Simulate a cohort of two groups whose differences are known.

    ``n3_min`` is log-normal, ``rem_ari_per_h`` overdispersed counts per hour of REM
    (gamma-Poisson), ``rem_cont_frac`` a logit-normal fraction; each person has an
    effect of their own, so that nights of one person resemble each other.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(people):
        patient = who % 2
        own = rng.normal(0, 0.3)
        for night in range(nights):
            age = rng.uniform(20, 70)
            rem_h = rng.uniform(0.8, 2.2)
            n3 = 70 * ratio**patient * np.exp(own + rng.normal(0, 0.25))
            mean = 12 * rate_ratio**patient * rem_h * np.exp(own)
            arousals = rng.poisson(rng.gamma(4, mean / 4))
            logit = 2 + patient * np.log(odds_ratio) + own + rng.normal(0, 0.4)
            rows.append(
                {
                    "id": f"p{who}n{night}",
                    "person": f"p{who}",
                    "group": "patient" if patient else "control",
                    "age": age,
                    "status": "done",
                    "scorer": "expert",
                    "rem_min": 60 * rem_h,
                    "n3_min": n3 * np.exp(-0.004 * (age - 45)),
                    "rem_ari_per_h": arousals / rem_h,
                    "rem_cont_frac": 1 / (1 + np.exp(-logit)),
                }
            )
    return pd.DataFrame(rows)


COLUMNS = ["n3_min", "rem_ari_per_h", "rem_cont_frac"]


@pytest.mark.parametrize(
    ("column", "model"),
    [
        ("rem_wmean_min_b2m", Model.LOG),
        ("n3_min", Model.LINEAR),
        ("swa_uv2", Model.LOG),
        ("rem_ari_per_h", Model.COUNT),
        ("se_pct", Model.LOGIT),
        ("rem_ge10_pct_b2m", Model.LOGIT),
        ("rem_cont_frac", Model.LOGIT),
        ("cycle_n", Model.LINEAR),
        ("rem_wmean_min_b6m", Model.LOG),
        ("rem_bout_n_raw", Model.LINEAR),
        ("bp_abs_uv2_delta__C4_M1__N2", Model.LOG),
        ("bp_rel_frac_sigma__C4_M1__N2", Model.LOGIT),
        ("sp_density_per_min__C3_M2__N2", Model.LOG),
        ("rswa_any_pct__chin", Model.LOGIT),
        ("swa_c1c2_ratio", Model.LOG),
        ("swa_c1last_ratio", Model.LOG),
        ("ad_ratio__C4_M1__N3", Model.LOG),
        ("delta_beta_ratio__C4_M1__N2", Model.LOG),
        ("swa_slope_ln_per_h", Model.LINEAR),
        # Bounded shares that spelling alone put on lines
        ("ap_exp_low_r2__C4_M1__N2", Model.LOGIT),
        ("rai", Model.LOGIT),
        ("stage_conf_mean", Model.LOGIT),
        # No metric: a column of the manifest
        ("pain_score_min", Model.LINEAR),
    ],
)
def test_the_row_of_a_metric_says_how_it_is_modelled(column: str, model: Model) -> None:
    assert models_of(column) == (model,)


def test_hours_are_those_the_rate_was_divided_by() -> None:
    nights = pd.DataFrame(
        {"rem_min": [90.0], "n1_min": [30.0], "n2_min": [200.0], "n3_min": [70.0],
         "tst_min": [390.0], "spt_min": [420.0], "w_min": [60.0]}
    )  # fmt: skip
    assert hours_of("rem_ari_per_h", nights) == pytest.approx(1.5)
    assert hours_of("ari_nrem_per_h", nights) == pytest.approx(5.0)
    assert hours_of("ari_per_h", nights) == pytest.approx(6.5)
    assert hours_of("shift_per_h", nights) == pytest.approx(7.0)
    assert hours_of("ahi_rem_per_h", nights) == pytest.approx(1.5)
    assert hours_of("rem_frag_nrem_per_h", nights) == pytest.approx(1.5)
    assert hours_of("odi_nrem_per_h", nights) == pytest.approx(5.0)
    assert hours_of("n1_exit_per_h", nights) == pytest.approx(0.5)
    assert hours_of("ari_n1_per_h", nights) == pytest.approx(0.5)
    assert hours_of("w_exit_per_h", nights) == pytest.approx(1.0)
    assert hours_of("ahi_per_h", nights) == pytest.approx(6.5)


def test_a_known_effect_has_the_right_sign_and_size() -> None:
    cohort = make_cohort(3, people=400, ratio=0.7, rate_ratio=1.5, odds_ratio=0.5)
    found = compare_groups(cohort, group="group", columns=COLUMNS).table
    estimates = found.set_index("column")["estimate"]
    # 70 min times exp of half the variance of both effects, and 30 % less of it
    mean = 70 * np.exp((0.3**2 + 0.25**2) / 2)
    assert estimates["n3_min"] == pytest.approx(-0.3 * mean, rel=0.2)
    assert estimates["rem_ari_per_h"] == pytest.approx(1.5, rel=0.1)
    assert estimates["rem_cont_frac"] == pytest.approx(0.5, rel=0.25)


def test_the_numbers_are_those_of_statsmodels_called_by_hand() -> None:
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    cohort = make_cohort(5, nights=2, ratio=0.8)
    ours = compare_groups(
        cohort, group="group", covariates=["age"], columns=["n3_min"], person="person"
    ).table.iloc[0]
    by_hand = smf.gee(
        "n3_min ~ C(group) + age",
        groups="person",
        data=cohort,
        cov_struct=sm.cov_struct.Exchangeable(),
    ).fit()
    name = "C(group)[T.patient]"
    assert ours["estimate"] == pytest.approx(by_hand.params[name], abs=1e-6)


def test_errors_of_one_night_a_person_are_hc2_of_statsmodels() -> None:
    import statsmodels.formula.api as smf

    cohort = make_cohort(5, ratio=0.8)
    ours = compare_groups(
        cohort, group="group", covariates=["age"], columns=["n3_min"]
    ).table.iloc[0]
    by_hand = smf.ols("n3_min ~ C(group) + age", cohort).fit(cov_type="HC2")
    name = "C(group)[T.patient]"
    half_width = (ours["high"] - ours["low"]) / 2
    error = half_width / stats.t.ppf(0.975, ours["df"])
    assert error == pytest.approx(by_hand.bse[name], rel=1e-6)
    # Satterthwaite by its definition: a chi-square with the first two moments of the
    # error, whose parts are eigenvalues (Bell & McCaffrey 2002).
    patient = (cohort["group"] == "patient").astype(float)
    matrix = np.column_stack([np.ones(40), patient, cohort["age"]])
    hat = matrix @ np.linalg.pinv(matrix)
    weights = np.linalg.pinv(matrix)[1] / np.sqrt(1 - np.diag(hat))
    parts = np.linalg.eigvalsh(weights[:, None] * (np.eye(40) - hat) * weights[None, :])
    assert ours["df"] == pytest.approx(parts.sum() ** 2 / np.sum(parts**2))


@pytest.mark.parametrize("pairs", [6, 8, 12])
def test_complete_pairs_are_the_paired_t_test(pairs: int) -> None:
    rng = np.random.default_rng(pairs)
    own = rng.normal(60, 15, pairs)
    before, after = (own + rng.normal(shift, 8, pairs) for shift in (0, 9))
    cohort = pd.DataFrame(
        {
            "id": [f"{who}{when}" for when in "ba" for who in range(pairs)],
            "person": np.tile(np.arange(pairs), 2),
            "when": np.repeat(["1 before", "2 after"], pairs),
            "n3_min": np.r_[before, after],
        }
    )
    ours = compare_groups(
        cohort, group="when", columns=["n3_min"], person="person"
    ).table.iloc[0]
    by_scipy = stats.ttest_rel(after, before)
    interval = by_scipy.confidence_interval()
    assert ours["p"] == pytest.approx(by_scipy.pvalue, rel=1e-6)
    assert ours["low"] == pytest.approx(interval.low, rel=1e-6)
    assert ours["high"] == pytest.approx(interval.high, rel=1e-6)
    assert ours["df"] == pytest.approx(pairs - 1)


def test_two_groups_have_the_error_of_welchs_test() -> None:
    cohort = make_cohort(4, people=21)
    cohort.loc[cohort["group"] == "patient", "n3_min"] *= 2
    ours = compare_groups(cohort, group="group", columns=["n3_min"]).table.iloc[0]
    patients, controls = (
        cohort.loc[cohort["group"] == name, "n3_min"] for name in ("patient", "control")
    )
    t = stats.ttest_ind(patients, controls, equal_var=False).statistic
    error = (ours["high"] - ours["low"]) / 2 / stats.t.ppf(0.975, ours["df"])
    assert ours["estimate"] / error == pytest.approx(t, rel=1e-9)


def make_powers(seed: int) -> pd.DataFrame:
    """Simulate ratios of powers, log-normal, and the logarithms of the same."""
    rng = np.random.default_rng(seed)
    patient = np.tile([0, 1], 15)
    ratio = np.exp(rng.normal(0.6, 0.5, 30) - 0.4 * patient)
    return pd.DataFrame(
        {
            "group": np.where(patient, "patient", "control"),
            "swa_c1c2_ratio": ratio,
            "ad_ratio__C4_M1__N3": np.log(ratio),
            "swa_slope_ln_per_h": rng.normal(-0.2, 0.05, 30) + 0.1 * patient,
        }
    )


@pytest.mark.parametrize("column", ["swa_c1c2_ratio", "ad_ratio__C4_M1__N3"])
def test_ratios_of_powers_are_held_against_each_other_by_their_geometric_means(
    column: str,
) -> None:
    cohort = make_powers(11)
    found = compare_groups(cohort, group="group", columns=[column]).table.iloc[0]
    powers = cohort["swa_c1c2_ratio"]
    patients, controls = (powers[cohort["group"] == g] for g in ("patient", "control"))
    by_hand = stats.gmean(patients) / stats.gmean(controls)
    assert found["estimate"] == pytest.approx(by_hand, rel=1e-9)
    # Welch's error: the variance of each group over 15. t(0.975, 28) = 2.0484.
    error = np.sqrt(sum(np.log(g).var(ddof=1) / 15 for g in (patients, controls)))
    assert found["low"] == pytest.approx(by_hand * np.exp(-2.0484 * error), rel=1e-4)
    assert found["high"] == pytest.approx(by_hand * np.exp(2.0484 * error), rel=1e-4)


def test_a_decline_by_the_hour_is_a_difference_and_no_count_of_events() -> None:
    cohort = make_powers(12)
    column = "swa_slope_ln_per_h"
    found = compare_groups(cohort, group="group", columns=[column]).table.iloc[0]
    means = cohort.groupby("group")[column].mean()
    assert found["estimate"] == pytest.approx(means["patient"] - means["control"])


def test_counts_equal_a_poisson_model_called_by_hand() -> None:
    import statsmodels.api as sm

    cohort = make_cohort(6, rate_ratio=1.3)
    ours = compare_groups(cohort, group="group", columns=["rem_ari_per_h"]).table.iloc[
        0
    ]
    hours = cohort["rem_min"] / 60
    by_hand = sm.GLM(
        cohort["rem_ari_per_h"] * hours,
        sm.add_constant((cohort["group"] == "patient").astype(float)),
        family=sm.families.Poisson(),
        offset=np.log(hours),
    ).fit()
    assert np.log(ours["estimate"]) == pytest.approx(by_hand.params.iloc[1], abs=1e-5)


def test_change_within_a_person_is_found_where_people_differ_more() -> None:
    """Every person sleeps 20 % longer N3 on treatment; people differ by 100 %."""
    rng = np.random.default_rng(0)
    rows = []
    for who in range(20):
        own = np.exp(rng.normal(4, 0.7))
        for when, factor in (("before", 1.0), ("treated", 1.2)):
            rows.append(
                {"id": f"{who}{when}", "person": who, "when": when,
                 "n3_min": own * factor * np.exp(rng.normal(0, 0.05))}
            )  # fmt: skip
    found = compare_groups(
        pd.DataFrame(rows), group="when", columns=["n3_min"], person="person",
        scale="ratio",
    ).table.iloc[0]  # fmt: skip
    assert found["low"] < 1.2 < found["high"]
    assert found["p"] < 0.001


def test_a_marker_gives_a_slope_per_unit() -> None:
    rng = np.random.default_rng(1)
    marker = rng.uniform(0, 10, 60)
    cohort = pd.DataFrame({"crp": marker, "n3_min": 80 * np.exp(-0.05 * marker)})
    cohort["n3_min"] *= np.exp(rng.normal(0, 0.01, 60))
    found = compare_groups(
        cohort, group="crp", columns=["n3_min"], scale="ratio"
    ).table.iloc[0]
    assert found["estimate"] == pytest.approx(np.exp(-0.05), rel=0.01)
    assert found["reference"] == "per unit"


def test_three_groups_are_each_held_against_the_one_named() -> None:
    cohort = make_cohort(2, people=60)
    cohort["group"] = np.tile(["a", "b", "c"], 20)
    found = compare_groups(
        cohort, group="group", columns=["n3_min"], reference="b"
    ).table
    assert list(found["level"]) == ["a", "c"]
    assert set(found["reference"]) == {"b"}


def test_nights_without_a_value_are_left_out_and_named() -> None:
    cohort = make_cohort(4)
    cohort.loc[0, "n3_min"] = np.nan
    cohort.loc[1, "age"] = np.nan
    cohort.loc[2, "status"] = "failed"
    found = compare_groups(
        cohort, group="group", covariates=["age"], columns=["n3_min"]
    )
    assert found.table.loc[0, "nights_n"] == 37
    assert found.left_out.to_numpy().tolist() == [
        ["p2n0", "all", "failed"],
        ["p0n0", "n3_min", "no value"],
        ["p1n0", "n3_min", "no age"],
    ]


def test_a_column_that_no_night_has_is_said_once_and_in_no_row() -> None:
    cohort = make_cohort(1).assign(swa_uv2=np.nan)
    found = compare_groups(cohort, group="group", columns=["n3_min", "swa_uv2"])
    assert found.left_out.empty
    row = found.table.set_index("column").loc["swa_uv2"]
    assert row["note"] == "no value in any night"
    assert row["left_out_n"] == len(cohort)


def test_the_methods_say_what_was_compared_with_what() -> None:
    found = compare_groups(
        make_cohort(4, nights=2), group="group", columns=["n3_min"], person="person"
    )
    assert found.methods.startswith(
        "80 nights of 40 persons were compared by group (reference: control, n = 20; "
        "patient, n = 20) with "
    )
    assert "Stages: expert" in found.methods


def test_zeros_are_kept_and_told_by_group() -> None:
    cohort = make_cohort(7)
    cohort.loc[0, "n3_min"] = 0.0
    found = compare_groups(cohort, group="group", columns=["n3_min"])
    row = found.table.iloc[0]
    means = cohort.groupby("group")["n3_min"].mean()
    assert row["estimate"] == pytest.approx(means["patient"] - means["control"])
    assert row["note"] == "zeros: 1 of 20 control, 0 of 20 patient nights"
    assert found.groups["zeros_n"].tolist() == [1, 0]


def test_a_column_in_two_parts_is_the_odds_of_any_and_the_ratio_above_zero() -> None:
    cohort = make_cohort(7)
    cohort.loc[[0, 2, 4, 1, 3, 5, 7, 9, 11], "n3_min"] = 0.0
    table = compare_groups(
        cohort, group="group", columns="n3_min", scale="two-part"
    ).table
    any_, above = table["estimate"]
    # 17 of 20 controls and 14 of 20 patients have any
    assert any_ == pytest.approx((14 / 6) / (17 / 3))
    some = cohort[cohort["n3_min"] > 0].groupby("group")["n3_min"].apply(stats.gmean)
    assert above == pytest.approx(some["patient"] / some["control"])


def test_a_ratio_of_minutes_is_one_of_means_whether_there_are_zeros_or_not() -> None:
    cohort = make_cohort(7)
    for value in (cohort.loc[0, "n3_min"], 0.0):
        cohort.loc[0, "n3_min"] = value
        row = compare_groups(
            cohort, group="group", columns="n3_min", scale="ratio"
        ).table.iloc[0]
        means = cohort.groupby("group")["n3_min"].mean()
        assert row["estimate"] == pytest.approx(means["patient"] / means["control"])


def test_angles_are_compared_across_the_ends_of_the_circle() -> None:
    """Nights around +-pi: patients are 0.1 rad later, though the mean says 1.1 earlier."""
    rng = np.random.default_rng(2)
    patient = np.tile([0, 1], 40)
    angles = np.pi - 0.05 + 0.1 * patient + rng.normal(0, 0.05, 80)
    cohort = pd.DataFrame(
        {
            "group": np.where(patient, "patient", "control"),
            "coup_phase_rad__C4_M1": np.angle(np.exp(1j * angles)),
        }
    )
    found = compare_groups(cohort, group="group", columns=["coup_phase_rad__C4_M1"])
    by_scipy = [
        stats.circmean(part["coup_phase_rad__C4_M1"], high=np.pi, low=-np.pi)
        for _, part in cohort.groupby("group")
    ]
    turn = np.angle(np.exp(1j * (by_scipy[1] - by_scipy[0])))
    assert found.table.loc[0, "estimate"] == pytest.approx(turn, abs=1e-3)
    assert found.groups["mean"].tolist() == pytest.approx(by_scipy)
    cohort["coup_phase_rad__C4_M1"] = rng.uniform(-np.pi, np.pi, 80)
    row = compare_groups(
        cohort, group="group", columns=["coup_phase_rad__C4_M1"]
    ).table.iloc[0]
    assert np.isnan(row["estimate"])
    assert "no common direction" in row["note"]


@pytest.mark.parametrize("column", ["isf_p", "swe_uv2h"])
def test_probabilities_and_sums_over_clean_epochs_are_no_endpoints(column: str) -> None:
    cohort = make_cohort(1).rename(columns={"n3_min": column})
    row = compare_groups(cohort, group="group", columns=[column]).table.iloc[0]
    assert np.isnan(row["estimate"])
    assert row["note"].startswith("not an endpoint")


def test_an_obvious_column_of_persons_is_used_and_said() -> None:
    cohort = make_cohort(7, nights=2)
    given = compare_groups(cohort, group="group", columns="n3_min", person="person")
    found = compare_groups(cohort, group="group", columns="n3_min")
    pd.testing.assert_frame_equal(found.table, given.table)
    assert found.doubts[0].startswith("the column 'person' repeats")
    hidden = compare_groups(
        cohort.drop(columns="person"), group="group", columns="n3_min"
    )
    assert hidden.table.loc[0, "persons_n"] == 80
    assert hidden.doubts[0].startswith("40 persons seem to have several nights")


def test_ids_that_only_count_nights_are_not_taken_for_persons() -> None:
    cohort = make_cohort(7)
    cohort["id"] = [f"night_{number}" for number in range(40)]
    cohort = cohort.drop(columns="person")
    assert not compare_groups(cohort, group="group", columns="n3_min").doubts


def test_names_that_differ_in_case_alone_are_refused() -> None:
    cohort = make_cohort(7)
    cohort.loc[1, "group"] = "Patient"
    with pytest.raises(InputError, match="'Patient' and 'patient'"):
        compare_groups(cohort, group="group", columns="n3_min")


def test_groups_whose_names_differ_in_a_sign_are_two() -> None:
    cohort = make_cohort(7)
    cohort["group"] = np.tile(["HLA-", "HLA+"], 20)
    found = compare_groups(cohort, group="group", columns="n3_min").table
    assert found["level"].tolist() == ["HLA-"]


def test_small_groups_are_doubted_and_one_night_gives_no_interval() -> None:
    cohort = make_cohort(7)
    cohort.loc[[1, 3, 5], "group"] = "other"
    found = compare_groups(cohort, group="group", columns="n3_min")
    assert "the group 'other' has 3 persons" in found.doubts[0]
    assert found.table["level_n"].tolist() == [3, 17]
    assert found.table["reference_n"].tolist() == [20, 20]
    cohort.loc[[1, 3], "group"] = "patient"
    row = compare_groups(cohort, group="group", columns="n3_min").table.iloc[0]
    assert np.isnan(row["estimate"])
    assert row["note"] == "a group of one night"


def test_values_missing_unevenly_are_doubted_with_a_bound() -> None:
    """The ten patients with the least N3 have none."""
    cohort = make_cohort(3, people=40, ratio=0.8)
    patients = cohort[cohort["group"] == "patient"].sort_values("n3_min")
    cohort.loc[patients.index[:10], "n3_min"] = np.nan
    found = compare_groups(cohort, group="group", columns="n3_min")
    missing, bound = found.doubts
    assert missing.startswith(
        "n3_min is missing unevenly: 0 of 20 nights of control, 10 of 20 nights of pat"
    )
    low, high = map(float, bound.rpartition("patient ")[2].split(" to "))
    assert low < found.table.loc[0, "estimate"] < high
    assert low < 0


def test_effect_sizes_of_groups_are_hedges_g() -> None:
    cohort = make_cohort(3, people=14, ratio=0.8)
    row = compare_groups(cohort, group="group", columns="n3_min").table.iloc[0]
    patients, controls = (
        cohort.loc[cohort["group"] == name, "n3_min"] for name in ("patient", "control")
    )
    pooled = np.sqrt((patients.var() + controls.var()) / 2)
    d = (patients.mean() - controls.mean()) / pooled
    # Hedges' exact correction for 12 degrees of freedom, J = 0.9362 (his table 1)
    assert row["effect_size"] == pytest.approx(0.9362 * d, rel=1e-3)
    assert row["effect_size_kind"] == "Hedges' g (SD within groups)"


def test_sites_called_by_numbers_are_categories() -> None:
    cohort = make_cohort(3).assign(
        site=np.tile([1, 2, 3, 4], 10), dose=[1, 2, 3, 4] * 10
    )
    site = compare_groups(cohort, group="group", covariates=["site"], columns="n3_min")
    written = compare_groups(
        cohort, group="group", covariates=["C(site)"], columns="n3_min"
    )
    pd.testing.assert_frame_equal(site.table, written.table)
    assert site.doubts == ("site was taken as categories, since it names places",)
    dose = compare_groups(cohort, group="dose", columns="n3_min")
    assert dose.table["reference"].tolist() == ["per unit"]
    assert dose.doubts[0].endswith("write C(dose) where they are categories")
    levels = compare_groups(cohort, group="C(dose)", columns="n3_min", reference="2")
    assert levels.table["level"].tolist() == ["1", "3", "4"]
    assert set(levels.table["reference"]) == {"2"}


def test_a_formula_gives_the_numbers_of_statsmodels() -> None:
    import statsmodels.formula.api as smf

    rng = np.random.default_rng(3)
    cohort = make_cohort(3, people=60).assign(sex=rng.choice(["F", "M"], 60))
    found = compare_groups(cohort, formula="n3_min ~ group * sex + age").table
    by_hand = smf.ols("n3_min ~ group * sex + age", cohort).fit(cov_type="HC2")
    assert found["level"].tolist() == ["patient", "M", "age", "group patient x sex M"]
    ours = found.set_index("level")
    names = {"patient": "group[T.patient]", "M": "sex[T.M]",
             "group patient x sex M": "group[T.patient]:sex[T.M]"}  # fmt: skip
    for level, name in names.items():
        assert ours.loc[level, "estimate"] == pytest.approx(by_hand.params[name])
    assert ours.loc["age", "estimate"] == pytest.approx(10 * by_hand.params["age"])
    assert ours.loc["age", "reference"] == "per 10 years"


def test_columns_may_have_names_that_no_formula_takes() -> None:
    cohort = make_cohort(3).assign(**{"bmi (kg/m2)": np.linspace(20, 30, 40)})
    plain = compare_groups(
        cohort.rename(columns={"bmi (kg/m2)": "bmi"}),
        group="group",
        covariates=["bmi"],
        columns="n3_min",
    )
    renamed = cohort.rename(columns={"group": "my group"})
    found = compare_groups(
        renamed, group="my group", covariates=["bmi (kg/m2)"], columns="n3_min"
    )
    pd.testing.assert_frame_equal(found.table, plain.table)


def test_an_interaction_and_a_spline_may_be_terms() -> None:
    cohort = make_cohort(3, people=60).assign(sex=["F", "F", "M", "M"] * 15)
    found = compare_groups(
        cohort, group="group * sex", covariates=["bs(age, df=4)"], columns="n3_min"
    )
    assert found.table["level"].tolist() == ["patient", "M", "group patient x sex M"]
    assert np.isfinite(found.table["estimate"]).all()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"formula": "n3_min"}, "no terms after a tilde"),
        ({"formula": "n3_min ~ (group"}, "cannot be read as a formula"),
        ({"formula": "n3_min ~ grp"}, "'grp'; similar names: group"),
        ({"formula": "n3_min ~ group", "group": "group"}, "leave those options out"),
        ({"group": "group", "scale": "logs"}, "There is no scale 'logs'"),
        ({}, "Give a group to compare by, or a formula"),
    ],
)
def test_formulas_that_cannot_be_used_are_refused_in_a_sentence(
    given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        compare_groups(make_cohort(1), **given)


def test_nights_not_measured_alike_are_refused_unless_allowed() -> None:
    cohort = make_cohort(8)
    cohort.loc[:10, "scorer"] = "yasa 0.8.1"
    with pytest.raises(
        InputError, match="the scorer is 'expert' in 29 nights and 'yasa"
    ):
        compare_groups(cohort, group="group", columns=["n3_min"])
    found = compare_groups(cohort, group="group", columns=["n3_min"], allow_mixed=True)
    assert "Nights were mixed" in found.methods


def test_derivations_matter_to_slow_wave_activity_alone() -> None:
    cohort = make_cohort(9)
    cohort["swa_uv2"] = cohort["n3_min"]
    cohort["swa_derivation"] = "F4_M1"
    cohort.loc[:5, "swa_derivation"] = "C4_M1"
    compare_groups(cohort, group="group", columns=["n3_min"])
    with pytest.raises(InputError, match="swa_derivation"):
        compare_groups(cohort, group="group", columns=["swa_uv2"])


def test_spindles_of_two_detectors_are_not_pooled() -> None:
    cohort = make_cohort(9)
    cohort["sp_density_per_min__C4_M1__N2"] = cohort["n3_min"]
    cohort["spindle_source"] = "YASA"
    cohort.loc[:5, "spindle_source"] = "A7"
    compare_groups(cohort, group="group", columns=["n3_min"])
    with pytest.raises(InputError, match="the detector of spindles"):
        compare_groups(cohort, group="group", columns=["sp_density_per_min__C4_M1__N2"])


@pytest.mark.parametrize("column", ["swa_uv2", "sw_density_per_min__C4_M1__N3"])
def test_amplifiers_with_another_high_pass_are_not_pooled(column: str) -> None:
    cohort = make_cohort(9)
    cohort[column] = cohort["n3_min"]
    cohort["swa_highpass_hz"] = 0.16
    cohort.loc[:5, "swa_highpass_hz"] = 0.159  # one filter, written otherwise
    compare_groups(cohort, group="group", columns=[column])
    cohort.loc[:5, "swa_highpass_hz"] = 0.5
    compare_groups(cohort, group="group", columns=["n3_min"])
    with pytest.raises(InputError, match=r"high-pass in Hz .* is '0.16' in .* '0.5'"):
        compare_groups(cohort, group="group", columns=[column])


def test_every_missing_column_is_named_at_once() -> None:
    with pytest.raises(InputError, match=r"'diagnosis', 'bmi'"):
        compare_groups(
            make_cohort(1), group="diagnosis", covariates=["bmi"], columns=["n3_min"]
        )


def test_one_group_alone_is_refused() -> None:
    cohort = make_cohort(1)
    cohort["group"] = "patient"
    with pytest.raises(InputError, match="one level"):
        compare_groups(cohort, group="group", columns=["n3_min"])


def test_too_few_people_give_no_number_and_the_reason() -> None:
    found = compare_groups(
        make_cohort(1, people=4), group="group", columns=["n3_min"]
    ).table.iloc[0]
    assert np.isnan(found["estimate"])
    assert "too few persons" in found["note"]


def test_a_covariate_that_is_the_group_again_gives_no_number() -> None:
    cohort = make_cohort(1)
    cohort["site"] = cohort["group"]
    found = compare_groups(
        cohort, group="group", covariates=["site"], columns=["n3_min"]
    ).table.iloc[0]
    assert np.isnan(found["estimate"])
    assert "cannot be separated" in found["note"]


def test_the_false_discovery_rate_is_benjamini_and_hochbergs() -> None:
    """By hand: with p1 <= p2 <= p3, q1 is min(3 p1, 3/2 p2, p3)."""
    found = compare_groups(
        make_cohort(11, ratio=0.7), group="group", columns=COLUMNS
    ).table.sort_values("p")
    p = found["p"].to_numpy()
    assert found["q"].iloc[0] == pytest.approx(min(3 * p[0], 1.5 * p[1], p[2]))


def test_what_cannot_be_fitted_is_told_and_does_not_stop_the_rest() -> None:
    cohort = make_cohort(1)
    cohort["cycle_n"] = 4.0
    cohort["rem_ari_per_h"] = 0.0
    cohort.loc[cohort["group"] == "control", "rem_ari_per_h"] = 3.0
    cohort["se_pct"] = np.nan
    table = compare_groups(
        cohort,
        group="group",
        columns=["cycle_n", "rem_ari_per_h", "se_pct", "n3_min"],
    ).table.set_index("column")
    assert table.loc["cycle_n", "note"] == "the same value in all nights"
    assert table.loc["rem_ari_per_h", "note"] == "no event in any night of a group"
    assert table.loc["se_pct", "note"] == "no value in any night"
    assert np.isfinite(table.loc["n3_min", "estimate"])


def test_too_few_second_nights_for_a_correlation_still_give_an_estimate() -> None:
    """Two persons of eight have two nights, alike: their correlation has no bound."""
    cohort = pd.DataFrame(
        {
            "id": [f"n{number}" for number in range(10)],
            "person": [0, 1, 1, 2, 3, 4, 4, 5, 6, 7],
            "group": [*"abbab", *"aabab"],
            "rem_min": [1.0, 2, 1, 2, 2, 1, 2, 2, 1, 1],
        }
    )
    found = compare_groups(
        cohort, group="group", columns=["rem_min"], person="person"
    ).table.iloc[0]
    means = cohort.groupby("group")["rem_min"].mean()
    assert found["estimate"] == pytest.approx(means["b"] - means["a"])
    assert np.isfinite([found["low"], found["high"], found["p"]]).all()
    assert found["note"] == "working independence of nights"
    # The same nights in a cohort in which another column has all second nights.
    both = make_cohort(4, nights=2).assign(rem_min=np.nan)
    rows = [0, 2, 3, 4, 6, 8, 9, 10, 12, 14]
    both.loc[rows, "rem_min"] = cohort["rem_min"].to_numpy()
    methods = compare_groups(
        both, group="group", columns=["rem_min", "n3_min"], person="person"
    ).methods
    assert (
        "with exchangeable working correlation (independence for rem_min) " in methods
    )


def test_nights_without_a_person_are_left_out_and_not_taken_for_those_of_one() -> None:
    cohort = make_cohort(1, nights=2)
    cohort.loc[[0, 7], "person"] = None
    found = compare_groups(cohort, group="group", columns=["n3_min"], person="person")
    assert found.table["nights_n"].tolist() == [78]
    assert set(found.left_out["reason"]) == {"no person named"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"group": "id"}, "id has 40 levels in 40 nights"),
        ({"group": "group", "covariates": ["ages"]}, "'ages'; similar names: age"),
        ({"group": "group", "columns": ["scorer"]}, "scorer: words"),
        ({"group": "group", "reference": "x"}, "it has control, patient"),
        ({"group": "age", "reference": "20"}, "age holds numbers, so that a slope"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(
    given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        compare_groups(make_cohort(1), **({"columns": ["n3_min"]} | given))


def add_marker(cohort: pd.DataFrame) -> pd.DataFrame:
    """Add a marker as a laboratory's table holds it: two values below its limit."""
    marker = [str(20 + number) for number in range(len(cohort))]
    marker[3] = marker[5] = "<15"
    return cohort.assign(ferritin=marker)


@pytest.mark.parametrize(
    "given",
    [
        {"group": "ferritin"},
        {"group": "group", "covariates": ["ferritin"]},
        {"group": "group", "columns": ["ferritin"]},
    ],
)
def test_words_among_numbers_make_no_groups_and_are_named(
    given: dict[str, object],
) -> None:
    cohort = add_marker(make_cohort(1))
    with pytest.raises(InputError, match=r"ferritin in p3n0 and p5n0\. Leave the"):
        compare_groups(cohort, **({"columns": ["n3_min"]} | given))


def test_sites_called_by_numbers_and_letters_are_groups() -> None:
    cohort = make_cohort(1).assign(site=["1", "2", "3", "3b"] * 10)
    found = compare_groups(cohort, group="site", columns=["n3_min"]).table
    assert list(found["level"]) == ["2", "3", "3b"]


def test_one_column_may_be_given_as_a_word() -> None:
    cohort = make_cohort(1)
    bare = compare_groups(cohort, group="group", columns="n3_min", covariates="age")
    listed = compare_groups(
        cohort, group="group", columns=["n3_min"], covariates=["age"]
    )
    pd.testing.assert_frame_equal(bare.table, listed.table)
    assert bare.methods == listed.methods


def test_the_methods_count_the_nights_of_the_models_and_no_others() -> None:
    cohort = make_cohort(4, nights=2)
    cohort.loc[[0, 1, 2], "age"] = np.nan  # both nights of one person, one of another
    cohort.loc[7, "rem_cont_frac"] = np.nan
    found = compare_groups(
        cohort,
        group="age",
        columns=["n3_min", "rem_cont_frac"],
        person="person",
    )
    assert found.methods.startswith("76 to 77 nights of 39 persons (by column) were")
    assert (
        "clustered by person with exchangeable working correlation (n" in found.methods
    )


def test_a_version_stays_a_whole_number_where_nights_failed() -> None:
    cohort = make_cohort(4).assign(metric_version=2.0)
    cohort.loc[3, ["status", "metric_version"]] = ["failed", np.nan]
    found = compare_groups(cohort, group="group", columns=["n3_min"])
    assert found.methods.endswith("metric version 2.")


def test_of_nights_measured_unlike_the_few_are_named() -> None:
    cohort = make_cohort(8)
    cohort.loc[11, "scorer"] = "yasa 0.8.1"
    with pytest.raises(
        InputError, match=r"'expert' in 39 nights and 'yasa 0\.8\.1' in p11n0"
    ):
        compare_groups(cohort, group="group", columns=["n3_min"])


def make_stages(people: int) -> pd.DataFrame:
    """Return a cohort with the minutes of every stage, no two nights alike."""
    rng = np.random.default_rng(3)
    cohort = make_cohort(3, people=people)
    for name in ("n1_min", "n2_min", "w_min", "awak_n", "shift_per_h"):
        cohort[name] = rng.integers(10, 300, people).astype(float)
    cohort["duration_min"] = rng.integers(420, 500, people).astype(float)
    return cohort


def test_a_recording_that_counts_twice_and_a_short_one_are_told() -> None:
    cohort = make_stages(20)
    assert not compare_groups(cohort, group="group", columns=["n3_min"]).doubts
    measured = cohort.columns.difference(["id", "person", "group", "age"])
    cohort.loc[7, measured] = cohort.loc[4, measured]
    cohort.loc[9, "duration_min"] = 170.0
    twins, short = compare_groups(cohort, group="group", columns=["n3_min"]).doubts
    assert twins.startswith("p4n0 and p7n0 have the same numbers")
    assert short.startswith("p9n0: less than half the usual length of 4")


def test_nights_without_numbers_are_not_taken_for_one() -> None:
    cohort = make_stages(20)
    stages = [name for name in cohort if name.endswith(("_min", "_n", "_per_h"))]
    cohort.loc[[2, 3], stages] = np.nan
    assert not compare_groups(cohort, group="group", columns=["n3_min"]).doubts


def test_a_forest_plot_may_be_a_png(tmp_path: Path) -> None:
    found = compare_groups(make_cohort(1), group="group", columns="n3_min")
    figure = psgkit.plot_forest(found)
    assert figure._repr_png_().startswith(b"\x89PNG")  # as a notebook shows it
    figure.savefig(tmp_path / "forest.png")
    assert (tmp_path / "forest.png").read_bytes().startswith(b"\x89PNG")


def test_a_forest_plot_is_the_same_whenever_it_is_drawn(tmp_path: Path) -> None:
    found = compare_groups(make_cohort(1), group="group", columns="n3_min")
    for name in ("first", "second"):
        save_contrast(found, tmp_path / name)
    first, second = (
        (tmp_path / name / "forest.svg").read_bytes() for name in ("first", "second")
    )
    assert first == second
    assert b"<dc:date>" not in first


def test_a_group_may_be_called_none_and_nothing_stays_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("id,drug,n3_min\na,None,50\nb,zolpidem,NA\nc,,n/a\n")
    table = read_cohort_table(path)
    assert table["drug"].tolist()[:2] == ["None", "zolpidem"]
    assert table["drug"].isna().tolist() == [False, False, True]
    assert table["n3_min"].isna().tolist() == [False, True, True]


def make_lone() -> pd.DataFrame:
    """Return two groups, and a third with one night."""
    cohort = make_cohort(3)
    cohort["group"] = cohort["group"].replace({"patient": "patients"})
    cohort.loc[39, "group"] = "narcolepsy"
    return cohort


@pytest.mark.parametrize("columns", ["n3_min", "rem_ari_per_h"])
def test_a_group_of_one_night_leaves_the_others_comparable(columns: str) -> None:
    cohort = make_lone()
    found = compare_groups(cohort, group="group", columns=columns)
    lone, others = (
        found.table.set_index("level").loc[n] for n in ("narcolepsy", "patients")
    )
    assert np.isnan(lone["estimate"])
    assert lone["note"] == "a group of one night"
    without = compare_groups(cohort.drop(index=39), group="group", columns=columns)
    shown = ["estimate", "low", "high", "p", "df", "nights_n"]
    assert others[shown].tolist() == without.table.loc[0, shown].tolist()
    (row,) = found.left_out.to_dict("records")
    assert row["id"] == cohort.loc[39, "id"]
    assert row["reason"] == "a group of one night"


def test_a_group_without_any_value_leaves_the_others_comparable() -> None:
    cohort = make_cohort(3)
    cohort.loc[34:, "group"] = "healthy"
    cohort.loc[34:, "n3_min"] = np.nan
    found = compare_groups(cohort, group="group", columns="n3_min", reference="control")
    assert np.isfinite(found.table.set_index("level").loc["patient", "estimate"])
    assert np.isnan(found.table.set_index("level").loc["healthy", "estimate"])


def test_ids_that_repeat_name_persons() -> None:
    cohort = make_cohort(4).drop(columns="person")
    found = compare_groups(
        pd.concat([cohort, cohort.iloc[[2, 7]]]), group="group", columns="n3_min"
    )
    assert found.table.loc[0, ["nights_n", "persons_n"]].tolist() == [42, 40]
    assert "several rows have the id p2n0 and p7n0" in found.doubts[0]


def test_a_column_cannot_be_compared_by_itself() -> None:
    with pytest.raises(InputError, match="n3_min: a column cannot be compared by"):
        compare_groups(make_cohort(1), group="n3_min", columns="n3_min")


def test_where_nothing_could_be_compared_the_methods_say_so() -> None:
    cohort = make_cohort(1).assign(n3_min=60.0)
    found = compare_groups(cohort, group="group", columns="n3_min")
    assert found.methods == (
        "No column could be compared; the notes of the table say why."
    )


@pytest.mark.slow
def test_of_many_estimates_those_of_smallest_p_are_drawn() -> None:
    rng = np.random.default_rng(1)
    cohort = pd.DataFrame({"group": ["a", "b"] * 10})
    names = [f"x{number:02}" for number in range(70)]
    cohort = cohort.join(pd.DataFrame(rng.normal(size=(20, 70)), columns=names))
    cohort["x42"] += 9 * (cohort["group"] == "b")
    found = compare_groups(cohort, group="group", columns=names)
    axes = psgkit.plot_forest(found).axes
    drawn = [label.get_text() for each in axes for label in each.get_yticklabels()]
    assert len(drawn) == 60
    assert "x42: b vs a" in drawn
    assert "10 more are in the table" in axes[0].get_title()


def test_any_or_none_of_two_groups_is_the_chi_squared_test() -> None:
    minutes = [30.0] * 27 + [0.0] * 13 + [25.0] * 35 + [0.0] * 5
    cohort = pd.DataFrame({"group": ["a"] * 40 + ["b"] * 40, "n3_min": minutes})
    row = compare_groups(
        cohort, group="group", columns="n3_min", scale="two-part"
    ).table.iloc[0]
    assert row["estimate"] == pytest.approx((35 / 5) / (27 / 13))
    counts = np.array([[27, 13], [35, 5]])
    found = stats.chi2_contingency(counts, correction=False).statistic
    assert row["p"] == pytest.approx(2 * stats.t.sf(np.sqrt(found), row["df"]))
    # The ends by hand: the odds ratio at which 35 of 40, less what is expected beside
    # 62 of 80, is t standard errors (Cornfield 1956).
    reach = stats.t.ppf(0.975, row["df"])
    for ratio, sign in ((row["low"], 1), (row["high"], -1)):
        a, b, c = ratio - 1, -((ratio - 1) * (62 + 40) + 80), ratio * 62 * 40
        expected = (-b - np.sqrt(b**2 - 4 * a * c)) / (2 * a)
        cells = np.array([expected, 40 - expected, 62 - expected, expected - 22])
        error = np.sqrt(1 / np.sum(1 / cells))
        assert (35 - expected) / error == pytest.approx(sign * reach, rel=1e-4)


def test_each_group_is_described() -> None:
    cohort = pd.DataFrame(
        {
            "group": ["a"] * 5 + ["b"] * 6,
            "n3_min": [0.0, 10, 20, 30, 40, 50, 60, 70, 80, np.nan, 90],
        }
    )
    found = compare_groups(cohort, group="group", columns="n3_min").groups
    first, second = found.to_dict("records")
    counts = ("group", "persons_n", "nights_n", "missing_n", "zeros_n")
    assert [first[name] for name in counts] == ["a", 5, 5, 0, 1]
    assert [second[name] for name in counts] == ["b", 5, 5, 1, 0]
    spread = np.sqrt(1000 / 4)  # of 0 10 20 30 40, and of 50 60 70 80 90
    for row, middle in ((first, 20.0), (second, 70.0)):
        assert (row["mean"], row["median"]) == (middle, middle)
        assert row["sd"] == pytest.approx(spread)
        assert (row["q25"], row["q75"]) == (middle - 10, middle + 10)


def test_the_terminal_shows_digits_that_tell_the_ends_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    age = np.linspace(20, 80, 400)
    cohort = pd.DataFrame({"age_y": age})
    cohort["swa_uv2"] = 250 * np.exp(0.0002 * (age - 50) + rng.normal(0, 0.05, 400))
    cohort.to_csv(tmp_path / "cohort.csv", index=False)
    said = (
        CliRunner()
        .invoke(
            app,
            ["contrast", str(tmp_path / "cohort.csv"), "--group", "age_y"],
            catch_exceptions=False,
        )
        .output
    )
    row = compare_groups(cohort, group="age_y", columns="swa_uv2").table.iloc[0]
    estimate, low, high = row[["estimate", "low", "high"]]
    assert "age_y per 10 years" in said
    assert f"ratio {estimate:.4f} ({low:.4f} to {high:.4f})" in said
    assert 0.001 < high - low < 0.01
