"""Which channels serve, and which windows of 5 s count."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Gap, Recording, Unfit
from psgkit.domain.scoring import Stage
from psgkit.measure.arousals.candidates import Shift
from psgkit.measure.arousals.chin_rises import tone_rises
from psgkit.measure.arousals.detector import _in_events
from psgkit.measure.arousals.input_channels import (
    artefact_windows,
    best_eeg,
    chin_tone,
    lacks_in_rem,
    windows_of,
)
from psgkit.measure.arousals.thresholds import ArousalRules

CHIN = Channel(role=Role.EMG_CHIN, label="chin", index=0, rate_hz=100.0)
C4 = replace(CHIN, role=Role.C4_M1, label="C4")
IN_REM = make_scoring("R")
UNFIT = Unfit("is flat")


def _recording(
    *channels: Channel, seconds: float = 30.0, flat: bool = False
) -> Recording:
    rng = np.random.default_rng(0)
    arrays = tuple(
        np.zeros(n) if flat else 20 * rng.standard_normal(n)
        for n in (round(seconds * channel.rate_hz) for channel in channels)
    )
    rates = tuple(channel.rate_hz for channel in channels)
    numbered = tuple(replace(c, index=i) for i, c in enumerate(channels))
    return Recording("night", None, seconds, numbered, ArraySource(arrays, rates))


def test_a_chin_serves_from_60_hz_on_with_a_unit_and_a_signal() -> None:
    assert chin_tone(_recording(CHIN)) is not None
    assert chin_tone(_recording(replace(CHIN, rate_hz=60.0))) is not None
    assert chin_tone(_recording(replace(CHIN, rate_hz=59.0))) is None
    assert chin_tone(_recording(replace(CHIN, to_uv=None))) is None
    assert chin_tone(_recording(CHIN, flat=True)) is None
    assert chin_tone(_recording(CHIN, seconds=0.0)) is None
    assert chin_tone(_recording(C4)) is None
    assert chin_tone(_recording(replace(CHIN, unfit=UNFIT))) is None


@pytest.mark.parametrize(("lost_s", "lacks"), [(30.0, False), (35.0, True)])
def test_a_chin_that_lacks_over_a_tenth_of_rem_does_not_know_it(
    lost_s: float, lacks: bool
) -> None:
    recording = replace(
        _recording(CHIN, seconds=600.0), lost=(("chin", Gap(300.0, lost_s)),)
    )
    in_rem = make_scoring("2" * 10 + "R" * 10)
    found = chin_tone(recording)
    assert found is not None
    assert lacks_in_rem(found[1], in_rem) is lacks
    # In NREM the chin is no more than a witness.
    assert not lacks_in_rem(found[1], make_scoring("R" * 10 + "2" * 10))
    assert not lacks_in_rem(found[1], make_scoring("2" * 20))


def test_there_is_no_tone_where_the_chin_is_lost() -> None:
    recording = replace(
        _recording(CHIN, seconds=600.0), lost=(("chin", Gap(300.0, 100.0)),)
    )
    found = chin_tone(recording)
    assert found is not None
    assert np.flatnonzero(np.isnan(found[1])).tolist() == list(range(1200, 1600))


@pytest.mark.parametrize("level_uv", [0.0, 37.25])
def test_a_chin_that_stands_still_lacks_and_rises_neither_there_nor_after(
    level_uv: float,
) -> None:
    """Off from 130 to 470 s; what filters and FFTs leave there is no tone."""
    recording = _recording(CHIN, seconds=600.0)
    values = recording.signal(recording.channels[0]).copy()
    values[5000:6000] *= 300.0  # a movement, of which rounding leaves more
    values[13000:47000] = level_uv
    source = ArraySource((values,), (100.0,))
    recording = replace(recording, source=source)
    found = chin_tone(recording)
    assert found is not None
    assert np.flatnonzero(np.isnan(found[1])).tolist() == list(range(520, 1880))
    rises = tone_rises(found[1], np.ones(2400, dtype=bool), ArousalRules())
    assert rises[200:240].all()  # and a bin to each side, by the filter
    assert rises.sum() <= 42
    assert lacks_in_rem(found[1], make_scoring("2" * 10 + "R" * 10))


def test_an_unfit_eeg_gives_way_to_the_next() -> None:
    c3 = replace(C4, role=Role.C3_M2, label="C3")
    roles = (Role.C4_M1, Role.C3_M2)
    recording = _recording(replace(C4, unfit=UNFIT), c3)
    found = best_eeg(recording, roles, IN_REM, None, ArousalRules())
    assert found is not None
    assert found.channel.label == "C3"


@pytest.mark.parametrize(
    ("facts", "serves"),
    [
        ({}, True),
        ({"rate_hz": 99.0}, False),
        ({"to_uv": None}, False),
        # 0.8 of 25 Hz is the 20 Hz that beta needs
        ({"lowpass_hz": 25.0}, True),
        ({"lowpass_hz": 24.9}, False),
    ],
)
def test_an_eeg_serves_from_100_hz_on_with_a_unit_and_some_beta(facts, serves) -> None:
    recording = _recording(replace(C4, **facts))
    scoring = make_scoring("2")
    found = best_eeg(recording, (Role.C4_M1,), scoring, None, ArousalRules())
    assert (found is not None) == serves


def test_of_channels_the_first_that_is_at_most_half_artefact_serves() -> None:
    recording = _recording(replace(C4, role=Role.C3_M2), C4, seconds=60.0)

    def masked(number: int):
        def mask(channel: Channel, _: np.ndarray) -> np.ndarray:
            return (np.arange(12) < number) & (channel.role is Role.C4_M1)

        return mask

    for number, role in ((6, Role.C4_M1), (7, Role.C3_M2)):
        roles = (Role.C4_M1, Role.C3_M2)
        found = best_eeg(
            recording, roles, make_scoring("22"), masked(number), ArousalRules()
        )
        assert found.channel.role is role
        if role is Role.C4_M1:
            # a hop shows what stands half a second after it: 30 s from hop 118 on
            assert np.flatnonzero(found.usable_hops())[0] == 118


def test_windows_are_of_the_stage_of_their_middle() -> None:
    scoring = replace(make_scoring("2W3"), onset_s=7.5)
    found = windows_of(scoring, 20, (Stage.N2, Stage.N3))
    # N2 from 7.5 to 37.5 s, N3 from 67.5 to 97.5 s; middles at 2.5, 7.5, ... 97.5 s
    assert np.flatnonzero(found).tolist() == [*range(1, 7), *range(13, 19)]


def test_gaps_and_marks_are_windows_of_artefact() -> None:
    values = np.zeros(2050)  # 20.5 s: the fifth window is begun
    values[[499, 1000]] = np.nan
    assert artefact_windows(values, C4, None).tolist() == [
        True,
        False,
        True,
        False,
        False,
    ]

    def mask(_: Channel, __: np.ndarray) -> np.ndarray:
        return np.array([False, True, False, False, False, True])

    marked = artefact_windows(values, C4, mask)
    assert marked.tolist() == [True, True, True, False, False]


def test_what_an_arousal_takes_of_a_baseline_begins_half_a_second_before_it() -> None:
    shifts = [Shift(10.0, 12.0, "alpha", 5.0, 3.0, ("C4_M1",))]
    assert np.flatnonzero(_in_events(shifts, 100)).tolist() == list(range(38, 48))
    early = [Shift(0.25, 1.0, "alpha", 5.0, 3.0, ("C4_M1",))]
    assert np.flatnonzero(_in_events(early, 100)).tolist() == [0, 1, 2, 3]
    assert not _in_events([], 5).any()


def test_an_eeg_that_was_off_for_hours_comes_after_one_that_was_not() -> None:
    c3 = replace(C4, role=Role.C3_M2, label="C3")
    recording = _recording(C4, c3, seconds=600.0)
    lost = replace(recording, lost=(("C4", Gap(300.0, 200.0)),))
    night = make_scoring("2" * 20)
    roles, rules = (Role.C4_M1, Role.C3_M2), ArousalRules()

    def chosen(one: Recording) -> str:
        found = best_eeg(one, roles, night, None, rules, use="arousals_central")
        assert found is not None
        return found.channel.label

    assert chosen(recording) == "C4"
    assert chosen(lost) == "C3"
    wanted = replace(lost.channels[0], wanted_for=frozenset({"arousals_central"}))
    named = replace(lost, channels=(wanted, lost.channels[1]))
    assert chosen(named) == "C4", "a channel that the user names is taken"
