"""Positions of the electrodes of a cap, from MNE's standard montages."""

from dataclasses import replace
from functools import cache

import numpy as np

from psgkit.domain.channels.electrodes import CAPS
from psgkit.domain.channels.roles import Kind
from psgkit.domain.recording import Recording

Position = tuple[float, float, float]

# One montage under its name of MNE 1.13, and of earlier versions.
TEN_FIVE = ("colin27_1005", "standard_1005")


def with_positions(recording: Recording) -> Recording:
    """Return a recording with electrode positions that MNE knows.

    A position that the file gives stays.
    """
    channels = tuple(
        replace(channel, position_m=find_position(channel.role.site))
        if channel.role.kind is Kind.EEG and channel.position_m is None
        else channel
        for channel in recording.channels
    )
    return replace(recording, channels=channels)


def find_position(site: str) -> Position | None:
    """Return the position of an electrode in metres, in MNE's head coordinates.

    Parameters
    ----------
    site : str
        A 10-05 electrode, or one of a cap such as ``"BioSemi128-C3"``.
    """
    for cap in CAPS:
        if site.startswith(f"{cap.name}-"):
            return _positions(cap.montage).get(site.removeprefix(f"{cap.name}-"))
    return _positions(*TEN_FIVE).get(site)


@cache
def _positions(*names: str) -> dict[str, Position]:
    """Return the electrodes of the first montage that the installed MNE has."""
    import mne  # noqa: PLC0415 - only caps need it

    known = mne.channels.get_builtin_montages()
    montage = mne.channels.make_standard_montage(
        next(name for name in names if name in known)
    )
    info = mne.create_info(montage.ch_names, 1.0, "eeg")
    info.set_montage(montage)  # turns the montage's coordinates into the head's
    places = {one["ch_name"]: np.asarray(one["loc"][:3], float) for one in info["chs"]}
    return {
        name: (float(place[0]), float(place[1]), float(place[2]))
        for name, place in places.items()
        if np.isfinite(place).all()
    }
