"""Compute derivations from electrodes that were recorded one by one.

Some systems store each electrode against a common point: ``C4`` and ``M1`` in place of
``C4-M1``. The AASM's derivations are then differences. Each EEG electrode goes against the
mastoid of the other side, both eyes against one mastoid, the chin's electrodes against
each other.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from psgkit.domain.channels.electrodes import MASTOIDS, is_left
from psgkit.domain.channels.roles import LINKED, Kind, Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording

_TYPES = frozenset({"eeg", "eog", "emg"})
_GLUED_EYE = re.compile(r"(?:e[12]|loc|roc)\s*([am][12])")
# AASM: 1 is above the mandible, 2 and 3 below it to the right and to the left; others
# write C, R and L, and Nox F, 1 and 2. An electrode below goes against the one above.
_CHIN = re.compile(
    r"(?:emg\W*)?(?:chin\W*(?P<after>[123clr])|(?P<before>[clr])\W*chin)|(?P<nox>[12f])"
)
_SIDES = {"c": "1", "r": "2", "l": "3"}
_NOX = {"f": "1", "1": "2", "2": "3"}


def rereference(recording: Recording) -> Recording:
    """Add the derivations that separate electrodes allow.

    Only electrodes whose labels say no reference, or the same one, are subtracted:
    ``C3-Fpz`` and ``M2-Fpz`` give ``C3-M2``. They need the same rate and the same known
    unit. EEG is derived for the roles of routine polysomnography.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    Recording
        With channels such as ``C4 - M1`` after its own. An eye or chin electrode gives
        up its role to the derivation; an EEG electrode keeps its own, ``C4``. The same
        recording if nothing is to be derived.
    """
    eeg = _derive_eeg(recording)
    eyes = _derive_eyes(recording)
    chin = _derive_chin(recording)
    derived = (*eeg, *eyes, *chin)
    if not derived:
        return recording
    replaced = {channel.index for channel in eyes}
    if chin:
        replaced |= {channel.index for channel in recording.of_kind(Kind.EMG)}
    kept = (_demoted(c) if c.index in replaced else c for c in recording.channels)
    return replace(recording, channels=(*kept, *derived)).with_issues(
        Issue(
            Severity.NOTE,
            "rereferenced",
            f"{', '.join(channel.label for channel in derived)} "
            f"{'were' if len(derived) > 1 else 'was'} computed from separate electrodes.",
        )
    )


def _derive_eeg(recording: Recording) -> list[Channel]:
    present = {channel.role for channel in recording.channels}
    derived = []
    for channel in recording.of_kind(Kind.EEG):
        site, reference = channel.role.site, channel.role.reference
        if channel.role is Role.EEG_OTHER or reference in {*MASTOIDS, LINKED}:
            continue
        for mastoid in _mastoids(recording, _contralateral(site)):
            role = Role.eeg(site, mastoid.role.value)
            is_new = role.is_routine and role not in present
            if _fit(channel, mastoid) and is_new:
                derived.append(_difference(channel, mastoid, role))
                break
    return derived


def _derive_eyes(recording: Recording) -> list[Channel]:
    """Take both eyes against one mastoid: the right one, as the AASM has it."""
    eyes = [c for c in recording.channels if c.role in {Role.EOG_L, Role.EOG_R}]
    for mastoid in _mastoids(recording, (Role.M2, Role.M1)):
        if eyes and all(_fit(eye, mastoid) for eye in eyes):
            return [_difference(eye, mastoid, eye.role) for eye in eyes]
    return []


def _derive_chin(recording: Recording) -> list[Channel]:
    """Take two electrodes of the chin against each other.

    Two channels that are called by single electrodes may yet be two derivations; their
    difference is an EMG of the chin all the same, while a single electrode against a
    distant reference mostly contains EEG and ECG.
    """
    emg = recording.of_kind(Kind.EMG)
    if any(channel.reference_index is not None for channel in emg):
        return []  # it was derived before
    electrodes = {
        name: channel for channel in emg if (name := _chin_electrode(channel.label))
    }
    for below, above in (("2", "1"), ("3", "1"), ("3", "2")):
        if below in electrodes and above in electrodes:
            pair = electrodes[below], electrodes[above]
            if _same_scale(*pair):
                return [_difference(*pair, Role.EMG_CHIN)]
    return []


def _chin_electrode(label: str) -> str:
    """Return the AASM number of a chin electrode; empty for other channels."""
    match = _CHIN.fullmatch(label.strip().casefold().replace("_", " "))
    if match is None:
        return ""
    if match["nox"]:
        return _NOX[match["nox"]]
    name: str = match["after"] or match["before"]
    return _SIDES.get(name, name)


def _demoted(channel: Channel) -> Channel:
    role = Role.EMG_OTHER if channel.role.kind is Kind.EMG else Role.OTHER
    return replace(channel, role=role)


def _contralateral(site: str) -> tuple[Role, Role]:
    """Return the mastoids to try; odd numbers are left, even ones and z go with M1."""
    return (Role.M2, Role.M1) if is_left(site) else (Role.M1, Role.M2)


def _mastoids(recording: Recording, roles: Iterable[Role]) -> list[Channel]:
    found = (recording.find([role]) for role in roles)
    return [channel for channel in found if channel is not None]


def _fit(electrode: Channel, mastoid: Channel) -> bool:
    return _same_scale(electrode, mastoid) and _named_reference(
        electrode.label
    ) == _named_reference(mastoid.label)


def _same_scale(one: Channel, other: Channel) -> bool:
    return (
        one.rate_hz == other.rate_hz
        and one.to_uv is not None
        and one.to_uv == other.to_uv
    )


def _named_reference(label: str) -> str:
    """Return the reference that a label names, if any."""
    folded = label.strip().casefold()
    if glued := _GLUED_EYE.search(folded):
        return glued[1]
    parts = [part.strip(" ()[].") for part in re.split(r"[-:/_]", folded)]
    is_own_name = parts[-1] in _TYPES or (len(parts) == 2 and parts[0] in _TYPES)
    return "" if len(parts) == 1 or is_own_name else parts[-1]


def _difference(electrode: Channel, reference: Channel, role: Role) -> Channel:
    """Describe the difference of two channels; it has no limits."""
    return replace(
        electrode,
        role=role,
        label=f"{electrode.label} - {reference.label}",
        highpass_hz=_known(max, electrode.highpass_hz, reference.highpass_hz),
        lowpass_hz=_known(min, electrode.lowpass_hz, reference.lowpass_hz),
        limits=None,
        reference_index=reference.index,
    )


def _known(
    choose: Callable[[float, float], float], one: float | None, other: float | None
) -> float | None:
    """Return the narrower of two limits, or the one that is known."""
    if one is None or other is None:
        return one if other is None else other
    return choose(one, other)
