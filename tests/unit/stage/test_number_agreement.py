"""Numbers of many nights compared: a published ICC, and YASA's limits of agreement."""

import math

import numpy as np
import pandas as pd
import pytest

from psgkit.errors import InputError
from psgkit.stage.number_agreement import compare_measures, icc_2_1


def test_the_icc_of_shrout_and_fleiss() -> None:
    # Shrout & Fleiss 1979, tables 2 and 4: six targets, four judges, ICC(2,1) = .29
    ratings = [
        [9, 2, 5, 8],
        [6, 1, 3, 2],
        [8, 4, 6, 8],
        [7, 1, 2, 6],
        [10, 5, 6, 9],
        [6, 2, 4, 7],
    ]
    assert icc_2_1(np.array(ratings, dtype=float)) == pytest.approx(0.29, abs=0.005)


def make_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(3)
    reference = pd.DataFrame({"tst_min": rng.normal(400, 40, 30)})
    return reference + rng.normal(5, 10, (30, 1)), reference


def test_limits_of_agreement_are_yasas() -> None:
    yasa = pytest.importorskip("yasa")
    test, reference = make_tables()
    theirs = yasa.SleepStatsAgreement(reference, test).summary(ci_method=None)
    ours = compare_measures(test, reference).loc["tst_min"]
    for mine, variable in (
        ("bias", "bias_mean"),
        ("loa_low", "loa_lower"),
        ("loa_high", "loa_upper"),
    ):
        assert ours[mine] == pytest.approx(theirs.loc["tst_min", (variable, "center")])


def test_nights_without_a_number_are_left_out() -> None:
    test = pd.DataFrame({"rem_lat_min": [60.0, math.nan, 80.0]})
    reference = pd.DataFrame({"rem_lat_min": [50.0, 70.0, 90.0]})
    row = compare_measures(test, reference).loc["rem_lat_min"]
    assert (row["nights_n"], row["bias"]) == (2, 0.0)
    # differences 10 and -10: standard deviation sqrt(200)
    assert row["loa_high"] == pytest.approx(1.96 * math.sqrt(200))
    assert math.isnan(row["icc"])


def test_a_number_that_no_night_has() -> None:
    empty = pd.DataFrame({"x": [math.nan]})
    row = compare_measures(empty, empty).loc["x"]
    assert row["nights_n"] == 0
    assert math.isnan(row["bias"])


def test_tables_of_other_nights_are_refused() -> None:
    test, reference = make_tables()
    with pytest.raises(InputError, match="differ in their nights"):
        compare_measures(test.iloc[1:], reference)
