"""Choose the channel of each metric.

Metrics differ between derivations, so each metric has its order of preference, and
the choice is stored with the numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psgkit.domain.channels.electrodes import is_left
from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Channel, Recording
from psgkit.measure.detectors.heart_beats import ecg_of

# The first group with a channel in the recording; all its channels are used.
SWA_SITES = (("F3", "F4"), ("C3", "C4"), ("Fpz",))
_SPINDLE_SITES = (("C4", "C3"), ("Cz",))
# The first that the recording has.
INFRASLOW_SITES = (("Pz",), ("P3", "P4"), ("C4", "C3"), ("Cz",))


@dataclass(frozen=True, slots=True)
class Derivations:
    """The channels that signal metrics are computed on.

    Attributes
    ----------
    eeg : tuple of Channel
        One per site, preferably against a mastoid.
    swa, spindles : tuple of Channel
        Out of ``eeg``; empty if no site can be used.
    infraslow : Channel or None
    eyes : tuple of Channel
        Left and right, or empty.
    chin : Channel or None
    ecg : Channel or None
        Shows when the heart beats, which is left out of the chin.
    pulse : Channel or None
        Heart rate of an oximeter, without an ECG or if its beats are not found.
    saturation : Channel or None
    unfit : tuple of Channel
        Those that were passed over, for no number is made of them.
    not_measured : tuple of Channel
        EEG channels of electrodes that routine polysomnography does not record, and
        those whose electrode is not known.
    """

    eeg: tuple[Channel, ...]
    swa: tuple[Channel, ...]
    spindles: tuple[Channel, ...]
    infraslow: Channel | None
    eyes: tuple[Channel, ...]
    chin: Channel | None
    ecg: Channel | None = None
    pulse: Channel | None = None
    saturation: Channel | None = None
    unfit: tuple[Channel, ...] = ()
    not_measured: tuple[Channel, ...] = ()

    def lacking(
        self, words: str, kind: Kind, groups: tuple[tuple[str, ...], ...] = ()
    ) -> Undefined:
        """Say that channels are missing, and which are unfit.

        Parameters
        ----------
        words : str
            Missing channels, such as ``"no chin EMG"``.
        kind : Kind
            Of the channels that would have served.
        groups : tuple of tuple of str, optional
            Sites of those; any where not given.
        """
        sites = {site for group in groups for site in group}
        refused = [
            f"{channel.role.value} {channel.unfit.why}"
            for channel in self.unfit
            if channel.unfit is not None
            and channel.role.kind is kind
            and (not sites or channel.role.site in sites)
        ]
        return Undefined(f"{words}: {'; '.join(refused)}" if refused else words)

    @property
    def all(self) -> tuple[Channel, ...]:
        """Every channel that is read, in the order of use."""
        single = (self.ecg, self.pulse, self.saturation, self.chin)
        return (*self.eeg, *(c for c in single if c is not None), *self.eyes)

    @property
    def used(self) -> dict[str, str]:
        """Channel of each purpose: role and label, several joined by ``+``."""
        purposes = {
            "swa": self.swa,
            "spindles": self.spindles,
            "infraslow": (self.infraslow,) if self.infraslow else (),
            "eye_movements": self.eyes,
            "rem_atonia": (self.chin,) if self.chin else (),
            "heart_beats": (self.ecg,) if self.chin and self.ecg else (),
        }
        return {
            purpose: " + ".join(f"{c.role.value} ({c.label})" for c in channels)
            for purpose, channels in purposes.items()
            if channels
        }


def choose_derivations(recording: Recording) -> Derivations:
    """Choose the channels of a recording that signal metrics are computed on."""
    unfit = tuple(channel for channel in recording.channels if channel.unfit)
    recording = recording.without_unfit()
    scaled = [c for c in recording.of_kind(Kind.EEG) if c.to_uv is not None]
    eeg = _one_a_site(_measured(scaled))
    sites = {channel.role.site for channel in eeg}
    left, right = recording.find([Role.EOG_L]), recording.find([Role.EOG_R])
    infraslow = _wanted(eeg, "infraslow") or _of_sites(eeg, INFRASLOW_SITES)
    return Derivations(
        eeg=eeg,
        swa=_wanted(eeg, "swa") or _of_sites(eeg, SWA_SITES),
        spindles=_wanted(eeg, "spindles") or _of_sites(eeg, _SPINDLE_SITES),
        infraslow=infraslow[0] if infraslow else None,
        eyes=(left, right) if left and right else (),
        chin=recording.find([Role.EMG_CHIN]),
        ecg=ecg_of(recording),
        pulse=recording.find([Role.PULSE]),
        saturation=recording.find([Role.SPO2]),
        unfit=unfit,
        not_measured=tuple(c for c in scaled if c.role.site not in sites),
    )


def _measured(channels: Sequence[Channel]) -> list[Channel]:
    """Return the EEG channels with columns in every night.

    Any other electrode is measured if it is the only EEG or the user wants it: a column must not mean another electrode in the next file.
    """
    if len(channels) == 1:
        return list(channels)
    return [
        channel
        for channel in channels
        if channel.wanted_for
        or (channel.role.is_routine and channel.role is not Role.EEG_OTHER)
    ]


def _wanted(eeg: Iterable[Channel], use: str) -> tuple[Channel, ...]:
    return tuple(channel for channel in eeg if use in channel.wanted_for)


def _one_a_site(channels: Iterable[Channel]) -> tuple[Channel, ...]:
    best: dict[str, Channel] = {}
    for channel in channels:
        site = channel.role.site
        if site not in best or _preference(channel) < _preference(best[site]):
            best[site] = channel
    return tuple(best.values())


def _preference(channel: Channel) -> tuple[bool, int]:
    """Rank the user's choice, then the opposite mastoid, both, the same side, any."""
    site, reference = channel.role.site, channel.role.reference
    known = ("M2" if is_left(site) else "M1", "M1M2", "M1", "M2")
    place = len(known) if reference else len(known) + 1
    if reference in known:
        place = known.index(reference)
    return not channel.wanted_for, place


def _of_sites(
    eeg: tuple[Channel, ...], groups: tuple[tuple[str, ...], ...]
) -> tuple[Channel, ...]:
    by_site = {channel.role.site: channel for channel in eeg}
    for group in groups:
        found = tuple(by_site[site] for site in group if site in by_site)
        if found:
            return found
    return ()
