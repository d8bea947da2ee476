"""Between half and twice its threshold, bands and chin decide for the network."""

import numpy as np
import pytest

from psgkit.measure.arousals.network.explanation import Evidence
from psgkit.measure.arousals.network.second_look import looked_at_again
from psgkit.measure.arousals.thresholds import ArousalRules

SECONDS = 120
THRESHOLD = 0.30
ONSET_S, END_S = 60.0, 66.0
HOPS = slice(round((ONSET_S - 0.5) * 4), round((END_S - 0.5) * 4))


def reason(
    probability: float,
    *,
    theta: float = 1.0,
    alpha: float = 1.0,
    beta: float = 1.0,
    chin: float = 1.0,
    bands_known: bool = True,
) -> str | None:
    """Return the verdict on six seconds of some probability; None if not looked at."""
    probabilities = np.zeros(SECONDS * 50, dtype=np.float32)
    probabilities[round(ONSET_S * 50) : round(END_S * 50)] = probability
    bands = np.ones((3, SECONDS * 4))
    bands[:, HOPS] = np.array([theta, alpha, beta])[:, np.newaxis]
    tone = np.ones(SECONDS * 4)
    tone[round(ONSET_S * 4) : round(END_S * 4)] = chin
    evidence = Evidence(
        bands if bands_known else None, tone, np.zeros((0, 2)), ArousalRules()
    )
    found = looked_at_again(probabilities, THRESHOLD, evidence)
    assert len(found) <= 1
    return found[0].reason if found else None


# Thresholds by the rules: a band of 2.5 times the half minute before (theta of 2.5 times
# 1.25), a chin of twice its tone for a second.
@pytest.mark.parametrize(
    ("probability", "theta", "alpha", "beta", "chin", "verdict"),
    [
        (0.95, 1.0, 1.0, 1.0, 1.0, ""),  # it is sure: nobody is asked
        (0.61, 1.0, 1.0, 1.0, 9.0, ""),  # as sure from twice its threshold on
        (0.55, 1.0, 1.0, 1.0, 9.0, "no_shift"),  # the chin alone, as where REM ends
        (0.55, 1.0, 2.6, 1.0, 1.0, ""),  # one band is enough, without the chin
        (0.55, 3.0, 1.0, 1.0, 1.0, "no_shift"),  # 3 / 1.25 is 2.4
        (0.55, 3.3, 1.0, 1.0, 1.0, ""),
        (0.25, 1.0, 9.0, 1.0, 3.0, ""),  # both agree
        (0.25, 1.0, 9.0, 1.0, 1.5, "unconfirmed"),  # background alpha
        (0.25, 1.0, 2.4, 1.0, 3.0, "unconfirmed"),
        (0.10, 1.0, 9.0, 9.0, 9.0, None),  # below half the threshold
    ],
)
def test_bands_and_chin_decide_where_the_network_is_unsure(
    probability, theta, alpha, beta, chin, verdict
) -> None:
    found = reason(probability, theta=theta, alpha=alpha, beta=beta, chin=chin)
    assert found == verdict


def test_what_is_unknown_speaks_neither_for_nor_against() -> None:
    assert reason(0.55, bands_known=False) == ""
    assert reason(0.25, chin=3.0, bands_known=False) == "unconfirmed"


def test_a_shift_that_is_too_short_does_not_confirm() -> None:
    # 6 s of which 1 s is at 9 times: the geometric mean is 9 ** (1 / 6) = 1.44.
    bands = np.ones((3, SECONDS * 4))
    bands[1, HOPS.start : HOPS.start + 4] = 9.0
    evidence = Evidence(
        bands, np.full(SECONDS * 4, 3.0), np.zeros((0, 2)), ArousalRules()
    )
    probabilities = np.zeros(SECONDS * 50, dtype=np.float32)
    probabilities[round(ONSET_S * 50) : round(END_S * 50)] = 0.25
    (found,) = looked_at_again(probabilities, THRESHOLD, evidence)
    assert found.reason == "unconfirmed"


def test_the_slope_of_a_sure_arousal_is_not_a_second_one() -> None:
    probabilities = np.zeros(SECONDS * 50, dtype=np.float32)
    probabilities[round(55.0 * 50) : round(70.0 * 50)] = 0.2
    probabilities[round(ONSET_S * 50) : round(END_S * 50)] = 0.9
    evidence = Evidence(None, None, np.zeros((0, 2)), ArousalRules())
    (found,) = looked_at_again(probabilities, THRESHOLD, evidence)
    assert found.probability == pytest.approx(0.9)
    assert (found.onset_s, found.end_s) == pytest.approx((ONSET_S, END_S), abs=0.5)
