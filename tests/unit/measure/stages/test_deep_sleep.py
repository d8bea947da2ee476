"""N3 by thirds, in the first cycle, and where it leads. Epochs last 30 s."""

import pytest
from makers import make_scoring

from psgkit.measure import measure_all, measure_scoring


def reason(name: str, stages: str) -> str:
    measures, _ = measure_all(make_scoring(stages))
    return {measure.name: measure.reason for measure in measures}[name]


def thirds(stages: str) -> list[float]:
    measures = measure_scoring(make_scoring(stages))
    return measures[["n3_first3_min", "n3_mid3_min", "n3_last3_min"]].to_list()


def test_an_epoch_belongs_to_the_third_that_holds_its_middle():
    # 9 epochs: 3, 3, 3; wake before and behind is no part of the sleep period
    assert thirds("WWW" + "332" + "322" + "333" + "WWW") == [1, 0.5, 1.5]
    # 11 epochs: the thirds end at 3.67 and at 7.33, so 4, 3 and 4
    assert thirds("3333" + "222" + "3222") == [2, 0, 0.5]
    assert thirds("2222" + "333" + "2223") == [0, 1.5, 0.5]


def test_the_share_of_the_first_third_is_of_all_n3():
    measures = measure_scoring(make_scoring("W" + "332" + "322" + "333"))
    assert measures["n3_first3_pct"] == pytest.approx(100 * 2 / 6)


def test_n3_of_the_first_cycle_alone():
    # N2 60, N3 20, R 20; N2 60, N3 30, R 20, N2 60
    stages = "2" * 60 + "3" * 20 + "R" * 20 + "2" * 60 + "3" * 30 + "R" * 20 + "2" * 60
    assert measure_scoring(make_scoring(stages))["n3_c1_min"] == 10


def test_exits_to_light_sleep_and_wake():
    # to N2, W, N1, R and W
    stages = "3" * 10 + "2" + "3" * 10 + "W" + "3" + "1" + "3" + "R" + "33W"
    measures = measure_scoring(make_scoring(stages))
    assert measures["n3_to_w_n1_frac"] == pytest.approx(3 / 5)


def test_reasons():
    assert reason("n3_first3_min", "W" * 9) == "no sleep"
    assert reason("n3_first3_pct", "W" * 9) == "no sleep"
    assert reason("n3_first3_pct", "2" * 9) == "no N3"
    assert reason("n3_c1_min", "W" * 9) == "no sleep"
    assert reason("n3_c1_min", "2" * 9) == "no REM"
    assert reason("n3_c1_min", "2" * 9 + "R" * 20 + "2" * 9) == "no sleep cycle"
    assert reason("n3_to_w_n1_frac", "2" * 9) == "no N3"
    assert reason("n3_to_w_n1_frac", "W" + "3" * 9) == "no exit from N3 was seen"
