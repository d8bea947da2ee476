"""Nights needed: as printed tables have it, and as simulated studies bear out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgkit.cohort.statistics.power import nights_needed, power_table
from psgkit.errors import InputError


@pytest.mark.parametrize(
    ("difference", "power", "n"),
    [(0.2, 0.8, 394), (0.5, 0.8, 64), (0.8, 0.8, 26), (0.2, 0.9, 527), (0.5, 0.9, 86)],
)
def test_a_perfect_measure_needs_what_printed_tables_say(
    difference: float, power: float, n: int
) -> None:
    """Two-sided t test at 0.05; R: power.t.test(delta=…, power=…)$n, rounded up.

    Cohen 1992 (10.1037/0033-2909.112.1.155), table 2, gives 393, 64 and 26 for power
    0.8, its 393 from a coarser approximation.
    """
    assert nights_needed(difference, power=power) == n


@given(
    difference=st.floats(0.2, 2), better=st.floats(0.5, 1), worse=st.floats(0.2, 0.5)
)
def test_a_blurred_measure_never_needs_fewer(
    difference: float, better: float, worse: float
) -> None:
    assert nights_needed(difference, reliability=worse) >= nights_needed(
        difference, reliability=better
    )


@pytest.mark.slow
def test_simulated_studies_of_that_size_find_the_difference_as_often() -> None:
    """A column of reliability 0.6, a true difference of 0.8 SD, 400 studies."""
    pytest.importorskip("statsmodels")
    from psgkit.cohort.statistics.contrast import make_study
    from psgkit.cohort.statistics.fitted_column import fit_column

    n = nights_needed(0.8, reliability=0.6)
    groups = pd.DataFrame({"group": ["control"] * n + ["patient"] * n})
    study = make_study(groups, None, "group")
    found = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        patient = np.repeat([0, 1], n)
        true = rng.normal(0, 1, 2 * n) + 0.8 * patient
        scored = true + rng.normal(0, np.sqrt(1 / 0.6 - 1), 2 * n)
        nights = groups.assign(swa_uv2=np.exp(scored))
        # The rows of compare_groups, without the texts beside them (test_judged_contrasts).
        [fitted] = fit_column(replace(study, nights=nights), "swa_uv2", None, "")
        [row] = fitted.rows
        found += row["p"] < 0.05
    # 400 studies at 0.8: standard error 0.02
    assert found / 400 == pytest.approx(0.8, abs=0.05)


def test_every_value_out_of_range_is_named() -> None:
    with pytest.raises(InputError, match=r"difference of 0.*power of 1.*reliability"):
        nights_needed(0, power=1, reliability=2)


def test_a_difference_too_small_to_be_seen_is_refused() -> None:
    with pytest.raises(InputError, match="1,000,000"):
        nights_needed(0.0001)


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="rem_minutes"):
        power_table(0.5, columns=["rem_minutes"])


def test_the_table_has_a_number_where_a_reliability_was_measured() -> None:
    table = power_table(0.5).set_index("column")
    assert table.loc["rem_wmean_min_b2m", "experts_n"] > 64
    assert pd.isna(table.loc["rem_ari_per_h", "experts_n"])
