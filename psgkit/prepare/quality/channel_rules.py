"""What the signal of one channel shows.

Each rule takes what was seen of a channel and yields what it finds. The thresholds are
those at which a technician would replace an electrode, and are tried on simulated
nights (no error on a clean one) and on recordings that break each rule.
"""

from collections.abc import Callable, Iterator

import numpy as np

from psgkit.domain.amplitude import PLAUSIBLE_SD_UV, decide_unit
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.roles import Kind
from psgkit.prepare.artefacts import MAX_UV, WINDOW_S
from psgkit.prepare.quality.look import BoolArray, ChannelLook

DEAD_SHARE = 0.9
CLIPPED_SHARE = 0.05
UNUSABLE_SHARE = 0.2
LOST_FOR_S = 600.0
MAINS_HZ = (50.0, 60.0)
MAINS_RATIO = 10.0
MAINS_UV = 5.0
HEART_BEAT = 0.6
POP_UV = 100.0
POP_RATIO = 5.0
POP_SHARE = 0.03

ChannelRule = Callable[[ChannelLook], Iterator[Issue]]


def flat(look: ChannelLook) -> Iterator[Issue]:
    """Find a channel to which nothing was connected."""
    share = look.share(look.flat & ~look.clipped)
    if share >= DEAD_SHARE:
        yield Issue(
            Severity.ERROR,
            "flat",
            f"{_name(look)} is flat in {share:.0%} of the recording.",
            "Take another channel with --channel.",
        )


def clipped(look: ChannelLook) -> Iterator[Issue]:
    """Find a signal that the amplifier, or the file, could not hold."""
    share = look.share(look.clipped)
    if share >= CLIPPED_SHARE:
        yield Issue(
            Severity.ERROR if share >= 0.5 else Severity.WARNING,
            "clipped",
            f"{_name(look)} touches the limits of its range in {share:.0%} of the "
            "recording.",
            "Record with a lower gain, or take another channel with --channel.",
        )


def amplitude(look: ChannelLook) -> Iterator[Issue]:
    """Find what is larger or smaller than it can be: its unit may be wrong."""
    kind = look.channel.role.kind
    typical = look.typical_sd_uv
    low, high = PLAUSIBLE_SD_UV[kind]
    if np.isnan(typical) or low <= typical <= high:
        return
    factor = look.channel.to_uv or 1.0
    meant = decide_unit(typical / factor, kind)
    if meant is None:
        yield Issue(
            Severity.WARNING,
            "amplitude_out_of_range",
            f"{_name(look)} has a typical standard deviation of {typical:.3g} µV; "
            f"{low:g} to {high:g} µV is usual.",
            "Check the electrode, the gain and the unit.",
        )
    else:
        yield Issue(
            Severity.ERROR,
            "unit_implausible",
            f"{_name(look)} is stored in {look.channel.unit or 'no unit'}, which would "
            f"make its typical standard deviation {typical:.3g} µV; {low:g} to {high:g} "
            f"µV is usual, which is what {meant} would give.",
            f"Use --unit {meant} if that is its unit, or check the electrode.",
        )


def mains(look: ChannelLook) -> Iterator[Issue]:
    """Find hum of 50 or 60 Hz."""
    if look.channel.role.kind is Kind.ECG:
        return
    for mains_hz in MAINS_HZ:
        if look.channel.rate_hz < 2.2 * mains_hz:
            continue
        hum = look.power_uv2(mains_hz - 0.5, mains_hz + 0.5)
        beside = 0.5 * (
            look.power_uv2(mains_hz - 3, mains_hz - 2)
            + look.power_uv2(mains_hz + 2, mains_hz + 3)
        )
        if hum > MAINS_RATIO * beside and hum > MAINS_UV**2:
            yield Issue(
                Severity.WARNING,
                "mains",
                f"{_name(look)} carries {np.sqrt(hum):.0f} µV of mains at {mains_hz:g} "
                "Hz.",
                "Metrics above 40 Hz are affected; check the ground and reference.",
            )


def lost_contact(look: ChannelLook) -> Iterator[Issue]:
    """Find an electrode that was off for part of the night."""
    bad = look.is_known & (_is_out_of_contact(look) | look.flat | look.clipped)
    if look.share(bad) >= DEAD_SHARE:
        return  # said by another rule
    run = _longest_run(bad, look)
    if run is not None:
        yield Issue(
            Severity.WARNING,
            "lost_contact",
            f"{_name(look)} has no usable signal from {run[0] / 3600:.2f} to "
            f"{run[1] / 3600:.2f} h after the start.",
            "Take another channel with --channel if the night needs this part.",
        )


def unusable_share(look: ChannelLook) -> Iterator[Issue]:
    """Find an EEG of which too much is artefact."""
    if look.channel.role.kind is not Kind.EEG:
        return
    bad = look.flat | look.clipped | (look.peak_uv > MAX_UV)
    share = look.share(bad)
    if UNUSABLE_SHARE <= share < DEAD_SHARE:
        yield Issue(
            Severity.ERROR if share >= 0.5 else Severity.WARNING,
            "unusable_share",
            f"{share:.0%} of {_name(look)} is flat, clipped or beyond {MAX_UV:g} µV.",
            "Take another channel with --channel.",
        )


def electrode_pops(look: ChannelLook) -> Iterator[Issue]:
    """Find an electrode that comes loose now and then: sudden steps in an EEG."""
    if look.channel.role.kind is not Kind.EEG:
        return
    steps = (look.step_uv > POP_UV) & (look.step_uv > POP_RATIO * _median_step(look))
    share = look.share(steps & ~look.clipped)
    if share >= POP_SHARE:
        yield Issue(
            Severity.WARNING,
            "electrode_pops",
            f"{_name(look)} jumps by over {POP_UV:g} µV from one sample to the next in "
            f"{share:.0%} of windows of {WINDOW_S:g} s, as a loose electrode does.",
            "Fix the electrode, or take another channel with --channel.",
        )


def eeg_is_emg(look: ChannelLook) -> Iterator[Issue]:
    """Find muscle behind an EEG: more power above 20 Hz than below 8 Hz."""
    if look.channel.role.kind is not Kind.EEG or look.channel.rate_hz < 90:
        return
    if look.power_uv2(20, 40) > look.power_uv2(0.5, 8):
        yield Issue(
            Severity.ERROR,
            "eeg_is_emg",
            f"{_name(look)} has more power from 20 to 40 Hz than from 0.5 to 8 Hz, as "
            "muscle has.",
            "Take another channel with --channel.",
        )


def is_ecg(look: ChannelLook) -> Iterator[Issue]:
    """Find an ECG behind another channel's label, or a strong ECG in it."""
    if look.channel.role.kind is Kind.ECG or look.beat < HEART_BEAT:
        return
    yield Issue(
        Severity.WARNING,
        "looks_like_ecg",
        f"{_name(look)} beats like a heart: it is an ECG, or full of one.",
        "Check what is behind the label, or take another channel with --channel.",
    )


def is_respiration(look: ChannelLook) -> Iterator[Issue]:
    """Find breath behind an EEG, or sweat: nearly all power below 0.7 Hz."""
    if look.channel.role.kind is not Kind.EEG:
        return
    slow = look.power_uv2(0.1, 0.7)
    if slow > 50 * look.power_uv2(0.7, 30):
        yield Issue(
            Severity.WARNING,
            "looks_like_respiration",
            f"{_name(look)} has nearly all its power below 0.7 Hz, as breath or sweat "
            "has.",
            "Check what is behind the label, or take another channel with --channel.",
        )


def emg_is_not_emg(look: ChannelLook) -> Iterator[Issue]:
    """Find a chin channel without fast activity: it sees no muscle."""
    if look.channel.role.kind is not Kind.EMG or look.channel.rate_hz < 90:
        return
    if look.power_uv2(20, 45) < 0.01 * look.power_uv2(0.5, 8):
        yield Issue(
            Severity.WARNING,
            "emg_is_not_emg",
            f"{_name(look)} has under a hundredth of its power from 20 to 45 Hz: it sees "
            "no muscle.",
            "Check what is behind the label, or take another channel with --channel.",
        )


CHANNEL_RULES: tuple[ChannelRule, ...] = (
    flat,
    clipped,
    amplitude,
    mains,
    lost_contact,
    unusable_share,
    electrode_pops,
    eeg_is_emg,
    is_ecg,
    is_respiration,
    emg_is_not_emg,
)


def _name(look: ChannelLook) -> str:
    return f"{look.channel.label} ({look.channel.role.value})"


def _median_step(look: ChannelLook) -> float:
    alive = look.step_uv[look.is_alive]
    return float(np.median(alive)) if alive.size else 0.0


def _is_out_of_contact(look: ChannelLook) -> BoolArray:
    """Tell which windows are far from what the channel usually is, and out of range."""
    low, high = PLAUSIBLE_SD_UV[look.channel.role.kind]
    typical = look.typical_sd_uv
    return np.asarray(
        ((look.sd_uv < low / 2) & (look.sd_uv < typical / 10))
        | ((look.sd_uv > high) & (look.sd_uv > 10 * typical))
    )


def _longest_run(bad: BoolArray, look: ChannelLook) -> tuple[float, float] | None:
    """Return start and end of the longest bad stretch, if it is long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], bad.astype(int), [0]))))
    begins, ends = edges[::2], edges[1::2]
    if not begins.size:
        return None
    starts_s = look.starts_s[begins]
    ends_s = look.starts_s[ends - 1] + WINDOW_S
    longest = int(np.argmax(ends_s - starts_s))
    start, end = float(starts_s[longest]), float(ends_s[longest])
    return (start, end) if end - start >= LOST_FOR_S else None
