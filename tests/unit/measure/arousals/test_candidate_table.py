"""The table of candidates, and the arousals among them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Channel, Unfit
from psgkit.measure.arousals.candidate_table import (
    ArousalsFound,
    candidate_table,
    no_chin,
)
from psgkit.measure.arousals.candidates import Shift
from psgkit.measure.arousals.criteria import Night, judge
from psgkit.measure.arousals.thresholds import ArousalRules

RULES = ArousalRules()


def _shift(onset_s: float, end_s: float, **facts: float) -> Shift:
    values = {"peak_ratio": 5.0, "sustained": 3.0, "alpha_excess": 9.0} | facts
    channels = ("C4_M1", "O2_M1")
    return Shift(onset_s, end_s, "alpha", channels=channels, **values)  # type: ignore[arg-type]


def _found(*shifts: Shift, tone_s: tuple[float, float] = (0.0, 0.0)) -> ArousalsFound:
    rises = np.zeros(2400, dtype=bool)
    rises[round(4 * tone_s[0]) : round(4 * tone_s[1])] = True
    night = Night(make_scoring("2" * 16 + "W" * 4), rises)
    judged = judge(shifts, night, frozenset({"C4_M1"}), RULES)
    return ArousalsFound(candidate_table(judged, RULES), 0.0, {}, ())


def test_a_row_tells_all_of_a_candidate() -> None:
    (row,) = _found(
        _shift(100.0, 104.5, spindle_s=0.5, artefact=0.1)
    ).candidates.to_dict("records")
    assert row == {
        "onset_s": 100.0,
        "duration_s": 4.5,
        "stage": "N2",
        "band": "alpha",
        "peak_ratio": 5.0,
        "sustained_ratio": 3.0,
        "emg": False,
        "movement": False,
        "is_long": False,
        "to_wake": False,
        "channels": "C4_M1+O2_M1",
        "spindle_s": 0.5,
        "artefact_frac": 0.1,
        "is_arousal": True,
        "reason": "",
    }


def test_long_is_over_15_s_and_a_movement_is_artefact_with_a_rise_of_the_chin() -> None:
    found = _found(
        _shift(100.0, 115.0, artefact=0.25), _shift(200.0, 215.5, artefact=0.3),
        tone_s=(90.0, 230.0),
    )  # fmt: skip
    assert found.candidates["is_long"].tolist() == [False, True]
    assert found.candidates["emg"].tolist() == [True, True]
    assert found.candidates["movement"].tolist() == [False, True]


def test_arousals_are_the_rows_that_are_numbered_anew_without_their_verdict() -> None:
    found = _found(_shift(50.0, 51.0), _shift(100.0, 105.0), _shift(477.0, 482.0))
    assert found.candidates["reason"].tolist() == ["too_short", "", ""]
    assert found.arousals["onset_s"].tolist() == [100.0, 477.0]
    assert found.arousals["to_wake"].tolist() == [False, True]
    assert found.arousals.index.tolist() == [0, 1]
    assert found.arousals.columns.tolist() == [
        name for name in found.candidates if name not in ("is_arousal", "reason")
    ]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"unfit": Unfit("is flat")}, "is flat"),
        ({"to_uv": None}, "has no known unit"),
        ({"rate_hz": 50.0}, "has 50 samples a second, 60 are needed"),
        ({}, "holds no signal for over 10% of REM sleep"),
    ],
)
def test_why_a_chin_does_not_serve_is_said(facts: dict[str, Any], why: str) -> None:
    chin = replace(Channel(Role.EMG_CHIN, "Chin", 0, 200.0), **facts)
    issue = no_chin(chin)
    assert issue.message.startswith(f"Chin {why}. Without a usable chin EMG")
    assert "another chin EMG" in issue.remedy


def test_without_a_chin_there_is_nothing_to_say_of_it() -> None:
    assert no_chin(None).message.startswith("Without a usable chin EMG")
    assert "If there is a chin EMG" in no_chin(None).remedy
