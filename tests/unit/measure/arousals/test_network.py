"""Arousals by psgscoring's networks; a stand-in answers where they are not installed."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from makers import make_scoring
from psg_makers import DURATION_S, RATE_HZ, Signals, make_recording, make_signals

from psgkit.cli.options import ArousalsChoice
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.roles import Role
from psgkit.domain.scoring import SLEEP_STAGES, Scoring
from psgkit.errors import InputError, MissingChannel, MissingExtra
from psgkit.measure.arousals.network import (
    COLUMNS,
    check_installed,
    find_arousals_trained,
    their_stages,
)
from psgkit.measure.arousals.source import with_arousals
from psgkit.settings import ArousalSettings

Events = list[tuple[float, float]]


class StandIn:
    """A network that marks given events, and gates them as psgscoring does."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.given: tuple[Any, ...] = ()

    def __call__(self, *given: Any, weight: str, **options: Any) -> dict[str, Any]:
        self.given = given
        assert weight == "unet_v1"
        assert options == {"min_interval_s": 0.0, "threads": 1}
        stages = given[-1]
        return {
            "success": True,
            "events": [
                {"onset_s": first, "end_s": last, "confidence": 0.9}
                for first, last in self.events
                # psgscoring.utils.is_sleep, 0.37.0
                if stages[int(first // 30)] not in {0, -1, "W"}
            ],
        }


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Events], StandIn]:
    def install(events: Events) -> StandIn:
        network = StandIn(events)
        module = SimpleNamespace(
            available=lambda _: (True, None), detect_arousals_unet=network
        )
        package = SimpleNamespace(__version__="9.9.9", arousal_unet=module)
        monkeypatch.setitem(sys.modules, "psgscoring", package)
        monkeypatch.setitem(sys.modules, "psgscoring.arousal_unet", module)
        return network

    return install


@cache
def _signals() -> Signals:
    return make_signals()


def some_signals() -> Signals:
    return {role: values.copy() for role, values in _signals().items()}


def night() -> Recording:
    return make_recording(some_signals())


def by_network(scoring: Scoring, recording: Recording | None = None):
    return with_arousals(
        recording or night(),
        scoring,
        artefacts=lambda *_: np.zeros(180, dtype=bool),
        settings=ArousalSettings(source="unet_v1", calibration="of the rules"),
    )


@pytest.mark.parametrize("awake", ["W", "A", "?"])
def test_none_begins_in_wake_artefact_or_unscored_time(stand_in, awake: str) -> None:
    # one event in every epoch, sleep and these in turn
    stand_in([(30.0 * epoch + 12.0, 30.0 * epoch + 17.0) for epoch in range(30)])
    scoring = make_scoring(("2" + awake) * 15)
    arousals = by_network(scoring).scoring.arousals
    assert arousals is not None
    assert arousals["onset_s"].tolist() == [60.0 * pair + 12.0 for pair in range(15)]


def test_no_stage_is_called_by_a_name_that_psgscoring_takes_for_sleep() -> None:
    scoring = make_scoring("W123RA?")
    # and two epochs after the scoring's end
    assert their_stages(scoring, 270.0) == ["W", "N1", "N2", "N3", "R", *"WWWW"]


def test_epochs_of_another_length_are_gated_by_their_own_edges(stand_in) -> None:
    # wake from 20 s to 40 s, which no epoch of 30 s is
    scoring = make_scoring("2W" + "2" * 43, epoch_s=20.0)
    stand_in([(21.0, 25.0), (31.0, 35.0), (41.0, 45.0)])
    counted = by_network(scoring)
    assert counted.scoring.arousals["onset_s"].tolist() == [41.0]
    reasons = counted.tables["arousal_candidates"]["reason"].tolist()
    assert reasons == ["not_asleep", "not_asleep", ""]


def test_arousals_less_than_ten_seconds_apart_are_one(stand_in) -> None:
    stand_in([(100.0, 104.0), (113.9, 118.0), (128.0, 132.0)])
    counted = by_network(make_scoring("2" * 30))
    found = counted.scoring.arousals[["onset_s", "duration_s"]].to_numpy()
    np.testing.assert_allclose(found, [[100.0, 18.0], [128.0, 4.0]])
    reasons = counted.tables["arousal_candidates"]["reason"].tolist()
    assert reasons == ["", "joined", ""]


def test_the_network_is_given_eeg_eye_and_chin_with_their_rates(stand_in) -> None:
    network = stand_in([])
    signals = some_signals()
    signals[Role.C4_M1][:200] = np.nan
    by_network(make_scoring("2" * 30), make_recording(signals))
    assert network.given[1::2] == (RATE_HZ,) * 3
    assert np.isfinite(network.given[0]).all()
    np.testing.assert_array_equal(network.given[2], signals[Role.EOG_L])
    np.testing.assert_array_equal(network.given[4], signals[Role.EMG_CHIN])


def test_the_night_says_who_found_them_and_how_well_that_is_known(stand_in) -> None:
    stand_in([(100.0, 104.0)])
    counted = by_network(make_scoring("2" * 30))
    assert set(counted.scoring.arousals["source"]) == {"psgscoring unet_v1 9.9.9"}
    (issue,) = counted.issues
    assert issue.severity == "note"
    assert "0.676 on 150 nights" in issue.message
    worth = {measure.name: measure for measure in counted.measures}
    assert worth["ar_calibrated"].value == 0.0
    assert "network" in worth["ar_noise_per_h"].reason
    assert set(counted.channels_used) == {
        "arousals_central",
        "arousals_eye",
        "arousals_chin",
    }


def test_a_night_without_any_has_a_table_of_the_same_types(stand_in) -> None:
    stand_in([])
    none = by_network(make_scoring("2" * 30))
    stand_in([(100.0, 104.0)])
    one = by_network(make_scoring("2" * 30))
    assert none.scoring.arousals.empty
    tables = [each.tables["arousal_candidates"].dtypes for each in (none, one)]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("role", [Role.EOG_L, Role.EMG_CHIN])
def test_without_one_of_the_three_nothing_is_counted_and_it_is_said(
    stand_in, role: Role
) -> None:
    stand_in([(100.0, 104.0)])
    signals = some_signals()
    wanted = (Role.C4_M1, Role.EOG_L, Role.EMG_CHIN)
    kept = {each: signals[each] for each in wanted if each is not role}
    scored = make_scoring("2" * 30, arousals=[(300.0, 5.0)])
    counted = by_network(scored, make_recording(kept))
    assert counted.scoring.arousals is None
    assert [issue.code for issue in counted.issues] == ["arousals_not_found"]


def test_a_channel_too_slow_for_the_network_is_refused(stand_in) -> None:
    stand_in([])
    slow = {Role.EMG_CHIN: {"rate_hz": 40.0}}
    with pytest.raises(MissingChannel, match="a chin EMG with 50 Hz or more"):
        find_arousals_trained(
            make_recording(some_signals(), slow),
            make_scoring("2" * 30),
            weight="unet_v1",
        )


def test_a_network_that_fails_is_an_error_and_not_a_night_without_any(
    stand_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in([])
    monkeypatch.setattr(
        sys.modules["psgscoring.arousal_unet"],
        "detect_arousals_unet",
        lambda *_, **__: {"success": False, "events": [], "error": "out of memory"},
    )
    with pytest.raises(InputError, match="unet_v1 failed"):
        by_network(make_scoring("2" * 30))


def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psgscoring.arousal_unet", None)
    with pytest.raises(MissingExtra, match=r"pip install 'psgkit\[unet\]'"):
        by_network(make_scoring("2" * 30))


def test_each_source_of_the_settings_can_be_asked_for_at_the_call() -> None:
    known = ArousalSettings.model_fields["source"].annotation
    assert set(get_args(known)) == {choice.value for choice in ArousalsChoice}


def judged(
    stages: str, *, bad: tuple[int, ...] = (), duration_s: float = DURATION_S
) -> pd.DataFrame:
    """Return all that was found, some windows of 5 s being artefact."""
    signals = {
        role: values[: round(duration_s * RATE_HZ)]
        for role, values in some_signals().items()
    }

    def artefacts(_: Channel, values: np.ndarray) -> np.ndarray:
        is_bad = np.zeros(int(len(values) / RATE_HZ / 5), dtype=bool)
        is_bad[list(bad)] = True
        return is_bad

    return find_arousals_trained(
        make_recording(signals),
        make_scoring(stages),
        weight="unet_v1",
        artefacts=artefacts,
    ).candidates


@pytest.mark.parametrize(
    ("onset_s", "end_s", "share"),
    [
        # artefact from 100 to 105 s and from 110 to 115 s
        (98.0, 103.0, 3 / 5),
        (103.0, 118.0, 7 / 15),
        (100.0, 105.0, 1.0),
        (101.5, 104.5, 1.0),
        (95.0, 100.0, 0.0),
        (105.0, 110.0, 0.0),
        (96.5, 101.0, 1 / 4.5),
        (112.5, 122.5, 1 / 4),
    ],
)
def test_the_share_of_artefact_is_by_the_second(
    stand_in, onset_s: float, end_s: float, share: float
) -> None:
    stand_in([(onset_s, end_s)])
    found = judged("2" * 30, bad=(20, 22))
    assert found["artefact_frac"].tolist() == [pytest.approx(share)]


def test_artefact_counts_to_the_end_of_the_recording(stand_in) -> None:
    """The network rounds up: 303 s are sixty windows and a half, and no more."""
    stand_in([(296.0, 306.0)])
    found = judged("2" * 10, bad=(59,), duration_s=303.0)
    assert found["artefact_frac"].tolist() == [pytest.approx(4 / 10)]


def test_what_was_joined_is_judged_as_a_whole(stand_in) -> None:
    """From 100 to 118 s with artefact from 105 to 110 s, in which no piece lies."""
    network = stand_in([(111.0, 118.0), (100.0, 104.0), (140.0, 144.0)])
    answers = network.__call__

    def sure(*given: Any, **options: Any) -> dict[str, Any]:
        answer = answers(*given, **options)
        for event, sureness in zip(answer["events"], (0.95, 0.7, 0.8), strict=True):
            event["confidence"] = sureness
        return answer

    sys.modules["psgscoring.arousal_unet"].detect_arousals_unet = sure
    found = judged("2" * 30, bad=(21,))
    assert found["onset_s"].tolist() == [100.0, 111.0, 140.0]
    assert found["duration_s"].tolist() == [18.0, 7.0, 4.0]
    assert found["arousal_probability"].tolist() == [0.95, 0.95, 0.8]
    assert found["reason"].tolist() == ["", "joined", ""]
    assert found["is_arousal"].tolist() == [True, False, True]
    assert found["is_long"].tolist() == [True, False, False]
    assert found["artefact_frac"].tolist() == [pytest.approx(5 / 18), 0.0, 0.0]


def test_what_lies_within_another_makes_it_no_shorter(stand_in) -> None:
    stand_in([(100.0, 120.0), (102.0, 106.0), (129.9, 133.0)])
    found = judged("2" * 30)
    assert found["duration_s"].tolist()[0] == 33.0
    assert found["reason"].tolist() == ["", "joined", "joined"]


def test_one_that_is_not_taken_joins_nothing(stand_in) -> None:
    """From 85 to 89 s sleep, then wake from 90 to 120 s, then sleep again."""
    network = stand_in([])
    network.events = [(85.0, 89.0), (90.0, 113.0), (120.0, 124.0)]
    stages = "222W" + "2" * 26
    # this one gates nothing
    sys.modules["psgscoring.arousal_unet"].detect_arousals_unet = lambda *_, **__: {
        "success": True,
        "events": [
            {"onset_s": first, "end_s": last, "confidence": 0.9}
            for first, last in network.events
        ],
    }
    found = judged(stages)
    assert found["reason"].tolist() == ["", "not_asleep", ""]
    assert found["duration_s"].tolist() == [4.0, 23.0, 4.0]
    assert found["stage"].tolist() == ["N2", "W", "N2"]


@pytest.mark.parametrize(("length_s", "is_long"), [(15.0, False), (15.1, True)])
def test_longer_than_fifteen_seconds_is_long(stand_in, length_s, is_long) -> None:
    stand_in([(100.0, 100.0 + length_s)])
    assert judged("2" * 30)["is_long"].tolist() == [is_long]


def test_an_arousal_that_ends_in_wake_is_an_awakening(stand_in) -> None:
    stand_in([(80.0, 89.0), (145.0, 151.0), (205.0, 210.5)])
    found = judged("222" + "2" + "2W2R" + "2" * 22)
    assert found["to_wake"].tolist() == [False, True, False]
    assert set(found["channels"]) == {"C4_M1"}
    assert found.columns.tolist() == list(COLUMNS)


def test_an_eeg_that_is_mostly_artefact_in_sleep_gives_way(stand_in) -> None:
    """Of 180 windows the last 60 are wake, which does not count."""
    network = stand_in([])
    signals, scoring = some_signals(), make_scoring("2" * 20 + "W" * 10)

    def given_eeg(n_bad: int) -> str:
        def artefacts(channel: Channel, _: np.ndarray) -> np.ndarray:
            first = 120 - n_bad if channel.role is Role.C4_M1 else 180
            return np.arange(180) >= first

        found = find_arousals_trained(
            make_recording(signals), scoring, weight="unet_v1", artefacts=artefacts
        )
        assert len(network.given) == 7
        return found.channels_used["arousals_central"]

    assert given_eeg(60) == "C4_M1 (C4-M1)"
    assert given_eeg(61) == "C3_M2 (C3-M2)"


def test_without_any_sleep_the_first_channel_will_do(stand_in) -> None:
    stand_in([])
    found = find_arousals_trained(
        make_recording(some_signals()),
        make_scoring("W" * 30),
        weight="unet_v1",
        artefacts=lambda *_: np.ones(180, dtype=bool),
    )
    assert found.candidates.empty
    assert found.channels_used == {
        "arousals_central": "C4_M1 (C4-M1)",
        "arousals_eye": "EOG_L (EOG-L)",
        "arousals_chin": "EMG_CHIN (EMG-CHIN)",
    }


def test_a_dead_or_slow_channel_gives_way_and_gaps_are_zero(stand_in) -> None:
    network = stand_in([])
    signals = some_signals()
    signals[Role.C4_M1][:] = 7.0
    signals[Role.C3_M2][300:400] = np.nan
    slow = {Role.EOG_L: {"rate_hz": 49.9}, Role.EMG_CHIN: {"rate_hz": 50.0}}
    recording = replace(make_recording(signals, slow), duration_s=DURATION_S)
    found = find_arousals_trained(recording, make_scoring("2" * 30), weight="unet_v1")
    assert found.channels_used == {
        "arousals_central": "C3_M2 (C3-M2)",
        "arousals_eye": "EOG_R (EOG-R)",
        "arousals_chin": "EMG_CHIN (EMG-CHIN)",
    }
    assert (network.given[0][300:400] == 0.0).all()
    assert network.given[1::2] == (RATE_HZ, RATE_HZ, 50.0)


def test_a_scoring_that_begins_later_is_laid_on_the_networks_epochs() -> None:
    scoring = replace(make_scoring("123R"), onset_s=45.0)
    # 45 to 75 s are N1, to 105 s N2, to 135 s N3, to 165 s REM
    assert their_stages(scoring, 170.0) == ["W", "N1", "N1", "N2", "N3", "R"]
    assert their_stages(scoring, 150.0) == ["W", "N1", "N1", "N2", "N3"]


def test_the_note_names_the_network_and_what_is_published_of_it(stand_in) -> None:
    stand_in([])
    network = sys.modules["psgscoring.arousal_unet"]
    network.detect_arousals_unet = lambda *_, **__: {"success": True, "events": []}
    recording, scoring = night(), make_scoring("2" * 30)
    for weight, figure in (("unet_v1", "0.745 on 5"), ("unet_v2", "0.763 on 5")):
        found = find_arousals_trained(recording, scoring, weight=weight)
        assert np.isnan(found.noise_per_h)
        (issue,) = found.issues
        assert issue.code == "arousals_by_network"
        assert f"psgscoring {weight} 9.9.9" in issue.message
        assert figure in issue.message


@pytest.mark.parametrize("lacking", ["psgscoring", "onnxruntime"])
def test_what_is_not_installed_is_said_before_a_night_is_read(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    there = {"psgscoring", "onnxruntime"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: object() if name in there else None
    )
    check_installed("unet_v1")
    there.remove(lacking)
    with pytest.raises(MissingExtra, match=r"pip install 'psgkit\[unet\]'"):
        check_installed("unet_v1")


@pytest.mark.parametrize("weight", ["unet_v1", "unet_v2"])
def test_the_real_networks_find_none_in_wake(weight: str) -> None:
    pytest.importorskip("psgscoring")
    pytest.importorskip("onnxruntime")
    signals = some_signals()
    for onset_s in np.arange(40.0, DURATION_S - 20.0, 30.0):  # one in every epoch
        inside = slice(round(onset_s * RATE_HZ), round((onset_s + 6.0) * RATE_HZ))
        times_s = np.arange(inside.stop - inside.start) / RATE_HZ
        signals[Role.C4_M1][inside] += 40.0 * np.sin(2 * np.pi * 10.0 * times_s)
        signals[Role.EMG_CHIN][inside] *= 8.0
    scoring = make_scoring("22W" * 10)
    found = find_arousals_trained(
        make_recording(signals), scoring, weight=weight
    ).arousals
    assert len(found) > 0
    epochs = (found["onset_s"] // 30.0).astype(int)
    assert np.isin(scoring.stages[epochs], SLEEP_STAGES).all()
