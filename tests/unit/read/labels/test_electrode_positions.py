"""Positions of electrodes on the head."""

import pytest

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.read.labels.electrode_positions import find_position, with_positions


@pytest.mark.parametrize(
    ("site", "side", "front"),
    [("C3", -1, 0), ("C4", 1, 0), ("Fz", 0, 1), ("Oz", 0, -1), ("FC5", -1, 1)],
)
def test_10_10_electrodes_stand_where_their_names_say(site: str, side: int, front: int):
    x_m, y_m, z_m = find_position(site) or (0.0, 0.0, 0.0)
    assert (x_m > 0.02) - (x_m < -0.02) == side
    assert (y_m > 0.03) - (y_m < -0.03) == front
    assert 0.07 < (x_m**2 + y_m**2 + z_m**2) ** 0.5 < 0.15


def test_an_electrode_of_a_cap_is_not_the_one_of_that_name_in_the_10_20_system():
    # BioSemi's C3 stands near F4.
    x_m, y_m, _ = find_position("BioSemi128-C3") or (0.0, 0.0, 0.0)
    assert x_m > 0.01
    assert y_m > 0.01


def test_a_position_of_the_file_stays_and_what_is_unknown_has_none():
    channels = (
        Channel(Role.C3, "C3", 0, 100.0, position_m=(1.0, 2.0, 3.0)),
        Channel(Role.C4, "C4", 1, 100.0),
        Channel(Role.EEG_OTHER, "EEG 7", 2, 100.0),
        Channel(Role.ECG, "ECG", 3, 100.0),
    )
    recording = with_positions(Recording("n", None, 1.0, channels, ArraySource((), ())))
    kept, central, other, heart = (c.position_m for c in recording.channels)
    assert kept == (1.0, 2.0, 3.0)
    assert central is not None
    assert other is heart is None
