"""Agreement of two scorings: kappa by hand, arousals by hand, YASA's own numbers."""

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path

import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring
from psgkit.errors import ScoringMismatch
from psgkit.read import read_scoring
from psgkit.stage.agreement import compare_many, compare_scorings


def test_one_epoch_of_six_differs() -> None:
    found = compare_scorings(make_scoring("WW22RR"), make_scoring("WW12RR"))
    assert found.epochs_n == 6
    assert found.accuracy == pytest.approx(5 / 6)
    # chance: W 2*2 + N1 1*0 + N2 1*2 + R 2*2 of 36
    assert found.kappa == pytest.approx((5 / 6 - 10 / 36) / (1 - 10 / 36))
    # F1: W 1, N1 0, N2 2/3, R 1; N3 does not occur
    assert found.macro_f1 == pytest.approx((1 + 0 + 2 / 3 + 1) / 4)
    assert found.confusion.loc["N1"].tolist() == [0, 0, 1, 0, 0]
    assert math.isnan(found.stages.loc["N3", "kappa"])
    # "N2 or another": 5 of 6 agree; chance (1*2 + 5*4) / 36
    kappa_n2 = (5 / 6 - 22 / 36) / (1 - 22 / 36)
    assert found.stages.loc["N2", "kappa"] == pytest.approx(kappa_n2)


def test_artefact_and_unscored_epochs_count_neither_way() -> None:
    found = compare_scorings(make_scoring("WA2?RR"), make_scoring("W122RR"))
    assert (found.epochs_n, found.left_out_n) == (4, 2)
    assert found.accuracy == 1.0


def test_two_nights_of_one_stage_have_no_kappa() -> None:
    found = compare_scorings(make_scoring("2222"), make_scoring("2222"))
    assert found.accuracy == 1.0
    assert math.isnan(found.kappa)
    assert math.isnan(found.mcc)


def test_scorings_are_laid_over_each_other_by_the_clock() -> None:
    start = dt.datetime(2020, 1, 1, 23, 59)
    reference = replace(make_scoring("W12R"), start=start)
    later = start + dt.timedelta(seconds=60)
    test = replace(make_scoring("2RR"), start=later)
    found = compare_scorings(test, reference)
    assert (found.epochs_n, found.left_out_n, found.accuracy) == (2, 3, 1.0)


def test_a_later_onset_counts_as_a_later_clock() -> None:
    test = replace(make_scoring("2R"), onset_s=60.0)
    assert compare_scorings(test, make_scoring("W12R")).accuracy == 1.0


def test_epochs_of_different_length_are_compared_on_their_common_grid() -> None:
    # 20 and 30 s meet in 10 s: W W 2 2 2 2 against W W W 2 2 2
    found = compare_scorings(make_scoring("W22", epoch_s=20), make_scoring("W2"))
    assert (found.epochs_n, found.epoch_s) == (6, 10.0)
    assert found.accuracy == pytest.approx(5 / 6)
    same = compare_scorings(make_scoring("WWW222", epoch_s=10), make_scoring("W2"))
    assert (same.epochs_n, same.accuracy) == (6, 1.0)


def test_epochs_without_a_common_length_are_refused() -> None:
    with pytest.raises(ScoringMismatch, match="no common epoch"):
        compare_scorings(make_scoring("W2", epoch_s=7.68), make_scoring("W2"))


def test_macro_f1_is_over_the_stages_of_either() -> None:
    # R occurs in the test alone: its F1 is 0; sklearn's macro F1 over the labels of both
    found = compare_scorings(make_scoring("WW2R"), make_scoring("WW22"))
    assert found.macro_f1_stages == ("W", "N2", "R")
    assert found.macro_f1 == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_two_nights_of_different_length_that_disagree_are_asked_about() -> None:
    found = compare_scorings(make_scoring("W2" * 60), make_scoring("2W" * 61))
    assert "same night" in found.doubt
    assert (
        compare_scorings(make_scoring("W2" * 60), make_scoring("2W" * 60)).doubt == ""
    )
    assert (
        compare_scorings(make_scoring("W2" * 60), make_scoring("W2" * 61)).doubt == ""
    )


def test_nights_without_a_common_epoch_are_refused() -> None:
    with pytest.raises(ScoringMismatch, match="no epoch in common"):
        compare_scorings(make_scoring("W??"), make_scoring("?22"))


def test_nights_of_different_dates_are_refused() -> None:
    first = replace(make_scoring("W2"), start=dt.datetime(2020, 1, 1, 22))
    second = replace(make_scoring("W2"), start=dt.datetime(2020, 1, 9, 22))
    with pytest.raises(ScoringMismatch, match="do not overlap"):
        compare_scorings(first, second)


def arousals_of(*pairs: tuple[float, float]) -> Scoring:
    return make_scoring("22222222", arousals=pairs)


def test_arousals_match_where_they_overlap() -> None:
    # 10-15 and 11-16 share 4 of 6 s; 60-65 and 64.5-70 share 0.5 of 10 s, too little
    test = arousals_of((10, 5), (60, 5), (100, 5))
    reference = arousals_of((11, 5), (64.5, 5.5))
    found = compare_scorings(test, reference).arousals
    assert found is not None
    assert (found.test_n, found.reference_n) == (3, 2)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == pytest.approx(1 / 2)
    assert found.f1 == pytest.approx(2 / 5)
    # onsets in epochs 1, 3, 4 against 1, 3 of eight: 7 agree, chance (3*2 + 5*6) / 64
    assert found.kappa == pytest.approx((7 / 8 - 36 / 64) / (1 - 36 / 64))


def test_arousals_that_were_not_scored_are_not_compared() -> None:
    assert (
        compare_scorings(arousals_of((10, 5)), make_scoring("2" * 8)).arousals is None
    )


def test_where_there_is_no_arousal_to_find_recall_is_undefined() -> None:
    found = compare_scorings(arousals_of((10, 5)), arousals_of()).arousals
    assert found is not None
    assert found.precision == 0.0
    assert math.isnan(found.recall)
    none = compare_scorings(arousals_of(), arousals_of()).arousals
    assert none is not None
    assert math.isnan(none.f1)


def test_arousals_of_unknown_length_are_compared_by_epoch_alone() -> None:
    found = compare_scorings(
        arousals_of((30, math.nan), (90, math.nan)), arousals_of((35, 5), (95, 4))
    ).arousals
    assert found is not None
    assert math.isnan(found.f1)
    assert found.kappa == 1.0


def test_arousals_outside_what_both_scored_are_left_out() -> None:
    test = make_scoring("?222", arousals=[(10, 5), (40, 5)])
    reference = make_scoring("2222", arousals=[(10, 5), (40, 5)])
    found = compare_scorings(test, reference).arousals
    assert found is not None
    assert (found.test_n, found.reference_n, found.f1) == (1, 1, 1.0)


def test_many_nights_are_compared_one_by_one() -> None:
    pairs = {
        "b": (make_scoring("WW22RR"), make_scoring("WW12RR")),
        "a": (make_scoring("W3"), make_scoring("W2")),
        "c": (make_scoring("W3", epoch_s=20), make_scoring("W3", epoch_s=20)),
    }
    found = compare_many(pairs)
    assert list(found) == ["b", "a", "c"]
    for night, (test, reference) in pairs.items():
        alone = compare_scorings(test, reference)
        assert found[night].numbers.equals(alone.numbers)
        assert found[night].stages.equals(alone.stages)


def test_a_scoring_agrees_with_itself(real_data: Path) -> None:
    scoring = read_scoring(real_data / "scoring/profusion/learn-nsrr02.xml")
    found = compare_scorings(scoring, scoring)
    assert (found.accuracy, found.kappa, found.macro_f1) == (1.0, 1.0, 1.0)
    assert found.arousals is not None
    assert (found.arousals.f1, found.arousals.kappa) == (1.0, 1.0)


def test_two_experts_of_dod_o_agree_as_scikit_learn_says(real_data: Path) -> None:
    skm = pytest.importorskip("sklearn.metrics")
    folder = real_data / "scoring/dod-o"
    name = min((folder / "scorer_1").glob("*.json")).name
    first, second = (read_scoring(folder / f"scorer_{n}" / name) for n in (1, 2))
    found = compare_scorings(first, second)
    held = (first.stages >= 0) & (second.stages >= 0)
    test, reference = first.stages[held], second.stages[held]
    assert found.kappa == pytest.approx(skm.cohen_kappa_score(reference, test))
    assert found.mcc == pytest.approx(skm.matthews_corrcoef(reference, test))
    assert found.confusion.to_numpy().sum() == held.sum()
