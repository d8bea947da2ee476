"""Arousals by psgscoring's networks; a stand-in answers where they are not installed."""

import sys
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pytest
from makers import make_scoring
from psg_makers import DURATION_S, RATE_HZ, Signals, make_recording, make_signals

from psgkit.cli.options import ArousalsChoice
from psgkit.domain.recording import Recording
from psgkit.domain.roles import Role
from psgkit.domain.scoring import SLEEP_STAGES, Scoring
from psgkit.errors import InputError, MissingChannel, MissingExtra
from psgkit.measure.arousals.counted import with_arousals
from psgkit.measure.arousals.trained import find_arousals_trained, their_stages
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
        assert options["min_interval_s"] == 0.0
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
