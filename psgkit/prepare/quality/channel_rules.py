"""Quality rules on the signal of one channel.

Each rule takes the sample of a channel and yields its issues. The thresholds are
those at which a technician would replace an electrode. They are tested on clean
simulated nights and on recordings that break each rule.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from psgkit.domain.channels.amplitude import PLAUSIBLE_SD_UV, decide_unit
from psgkit.domain.channels.roles import Kind
from psgkit.domain.clock import span_in_words
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.true_runs import true_runs
from psgkit.prepare.artefacts import MAX_UV, WINDOW_S
from psgkit.prepare.quality.window_sample import BoolArray, ChannelLook

DEAD_SHARE = 0.9
CLIPPED_SHARE = 0.05
# Share of windows whose largest waves are cut: at 6 %, slow-wave activity of simulated
# nights is 1 % too small.
CUT_SHARE = 0.02
UNUSABLE_SHARE = 0.2
LOST_FOR_S = 600.0
MAINS_HZ = (50.0, 60.0)
MAINS_RATIO = 10.0
MAINS_UV = 5.0
HEART_BEAT = 0.6
POP_UV = 100.0
POP_RATIO = 5.0
POP_SHARE = 0.03
# Power per Hz from 20 to 45 Hz over that from 10 to 20: 1.7 in a simulated chin, 0.07 to
# 0.2 in EEG, simulated or recorded. Power from 20 to 45 Hz over that below 8: 100 and
# more without drift; 0.003 to 0.03.
EMG_LEAST_SLOPE = 0.25
EMG_LEAST_SHARE = 0.05

ChannelRule = Callable[[ChannelLook], Iterator[Issue]]


def flat(look: ChannelLook) -> Iterator[Issue]:
    """Find a channel without an electrode."""
    share = look.share(look.flat & ~look.clipped)
    if share >= DEAD_SHARE:
        yield Issue(
            Severity.ERROR,
            "flat",
            f"{_name(look)} is flat in {share:.0%} of the recording; no number is made "
            "of it.",
            "Take another channel with --channel.",
        )


def clipped(look: ChannelLook) -> Iterator[Issue]:
    """Find a signal that the range of the amplifier, or of the file, cuts off."""
    share = look.share(look.clipped)
    if share >= CLIPPED_SHARE:
        yield Issue(
            Severity.ERROR if share >= 0.5 else Severity.WARNING,
            "clipped",
            f"{_name(look)} touches the limits of its range in {share:.0%} of the "
            "recording.",
            "Record with a lower gain, or take another channel with --channel.",
        )
        return
    cut = look.share(look.cut | look.clipped)
    is_eeg = look.channel.role.kind is Kind.EEG
    # Beyond 500 µV is artefact anyway.
    if is_eeg and cut >= CUT_SHARE and look.cut_uv < MAX_UV:
        yield Issue(
            Severity.WARNING,
            "clipped",
            f"{_name(look)} is cut off at {look.cut_uv:.0f} µV in {cut:.0%} of the "
            "recording. Slow-wave activity and the size of slow waves are too small.",
            "Record with a lower gain, or take another channel with --channel.",
        )


def amplitude(look: ChannelLook) -> Iterator[Issue]:
    """Find an implausible amplitude: the unit may be wrong."""
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
            f"make its typical standard deviation {_size(typical)} µV; {low:g} to {high:g} "
            f"µV is usual, which is what {meant} would give.",
            f"Use --unit {meant}{_alone(look, meant)} if that is its unit, or check the "
            "electrode.",
        )


def _size(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _alone(look: ChannelLook, unit: str) -> str:
    """Return the option for one channel; the file has no label of a difference."""
    if look.channel.reference_index is not None:
        return ""
    return f', or --unit "{look.channel.label}={unit}" for this channel alone,'


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
    runs = _long_runs(_is_off(look) | (look.is_known & look.clipped), look)
    if runs:
        starts_s, ends_s = look.starts_s, look.starts_s + WINDOW_S
        first, last = max(runs, key=lambda run: ends_s[run[1]] - starts_s[run[0]])
        span = span_in_words(look.start, starts_s[first], ends_s[last])
        yield Issue(
            Severity.WARNING,
            "lost_contact",
            f"{_name(look)} has no usable signal from {span}.",
            "Take another channel with --channel if the night needs this part.",
        )


def lost_runs(look: ChannelLook) -> list[tuple[int, int]]:
    """Return the stretches in which an electrode was off, of ten minutes or more.

    Samples at the limits of the file are still a person's signal.

    Returns
    -------
    list of (first, last)
        Windows. None where the channel is dead all night, which other rules say.
    """
    return _long_runs(_is_off(look), look)


def unusable_share(look: ChannelLook) -> Iterator[Issue]:
    """Find an EEG with too much artefact."""
    if look.channel.role.kind is not Kind.EEG:
        return
    bad = look.flat | look.clipped | (look.peak_uv > MAX_UV)
    share = look.share(bad)
    if share >= UNUSABLE_SHARE and not _is_dead(bad, look):
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
            "muscle has; no number is made of it.",
            "Take another channel with --channel.",
        )


def is_ecg(look: ChannelLook) -> Iterator[Issue]:
    """Find an ECG behind another channel's label, or a strong ECG in it."""
    if look.channel.role.kind is Kind.ECG or look.beat < HEART_BEAT:
        return
    # Eye movements are larger and slower: an EOG counts them as well with a heart in it.
    is_measured = look.channel.role.kind is Kind.EOG
    yield Issue(
        Severity.WARNING,
        "looks_like_ecg",
        f"{_name(look)} beats like a heart: it is an ECG, or full of one"
        f"{'' if is_measured else '; nothing is measured on it'}.",
        "Check the electrode of this label, or choose another channel with --channel.",
    )


def is_respiration(look: ChannelLook) -> Iterator[Issue]:
    """Find breath behind an EEG, or sweat: nearly all power below 0.7 Hz."""
    if look.channel.role.kind is not Kind.EEG:
        return
    slow = look.power_uv2(0.1, 0.7)
    if slow > 50 * look.power_uv2(0.7, 30):
        yield Issue(
            Severity.ERROR,
            "looks_like_respiration",
            f"{_name(look)} has nearly all its power below 0.7 Hz, like breath or "
            "sweat; no number is computed from it.",
            "Check the electrode of this label, or choose another channel with --channel.",
        )


def emg_is_not_emg(look: ChannelLook) -> Iterator[Issue]:
    """Find EEG behind a chin's label.

    The power of EEG falls from 10 to 45 Hz, where the power of muscle rises, and most of
    it is below 8 Hz. Both are needed: slow drift under good muscle has the second, the
    heart has the first.
    """
    if look.channel.role.kind is not Kind.EMG or look.channel.rate_hz < 90:
        return
    fast = look.power_uv2(20, 45)
    falls = fast / 25 < EMG_LEAST_SLOPE * look.power_uv2(10, 20) / 10
    if falls and fast < EMG_LEAST_SHARE * look.power_uv2(0.5, 8):
        yield Issue(
            Severity.WARNING,
            "emg_is_not_emg",
            f"The power of {_name(look)} is below 8 Hz and falls from 10 to 45 Hz, like the "
            "power of EEG: it does not show muscle. It is not used for chin tone and "
            "arousals in REM sleep. Staging uses it, as YASA does.",
            "Check the electrode of this label, or choose another channel with --channel "
            "emg=LABEL.",
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
    """Return which windows are out of range and unusual for the channel."""
    low, high = PLAUSIBLE_SD_UV[look.channel.role.kind]
    typical = look.typical_sd_uv
    return np.asarray(
        ((look.sd_uv < low / 2) & (look.sd_uv < typical / 10))
        | ((look.sd_uv > high) & (look.sd_uv > 10 * typical))
    )


def _is_off(look: ChannelLook) -> BoolArray:
    return look.is_known & (_is_out_of_contact(look) | look.flat)


def _is_dead(bad: BoolArray, look: ChannelLook) -> bool:
    """Return whether a channel is bad all night in a way that another rule reports."""
    return look.share(bad) >= DEAD_SHARE and any(
        True for rule in (flat, clipped, amplitude) for _ in rule(look)
    )


def _long_runs(bad: BoolArray, look: ChannelLook) -> list[tuple[int, int]]:
    """Return first and last window of each bad stretch that is long enough."""
    if _is_dead(bad, look):
        return []
    return [
        (first, last - 1)
        for first, last in true_runs(bad).tolist()
        if look.starts_s[last - 1] + WINDOW_S - look.starts_s[first] >= LOST_FOR_S
    ]


def say_once(found: Iterable[tuple[str, Issue]]) -> list[Issue]:
    """Join the issues of one rule on several channels, of the same severity."""
    pairs, joined = list(found), []
    for severity in Severity:
        alike = [(label, issue) for label, issue in pairs if issue.severity is severity]
        if not alike:
            continue
        first = alike[0][1]
        others = ", ".join(label for label, _ in alike[1:])
        more = f" The same holds for {others}." if others else ""
        joined.append(replace(first, message=first.message + more))
    return joined
