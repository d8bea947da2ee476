"""Quality rules on the header.

Each rule takes a recording and yields its issues; no signal is read.
"""

from collections.abc import Callable, Iterator

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.clock import moment_in_words
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.small_gaps import SMALL_GAP_S

# The AASM's high-pass of EEG and EOG. At 0.5 Hz a first-order filter takes 23 % of
# slow-wave activity and 36 % of slow waves, and a contrast would find that as an effect.
AASM_HIGHPASS_HZ = 0.3
# Slow waves are measured from 0.5 Hz, sigma and beta up to 30 Hz, chin EMG from 10 to
# 100 Hz (METRICS, sections C, E and G); no band is measured above 0.8 of the low-pass.
SLOW_WAVE_HZ = 0.5
BETA_HZ, SIGMA_HZ = 30.0, 16.0
EMG_HZ = 100.0
EYE_HZ = 0.5
USABLE_SHARE_OF_LOWPASS = 0.8
MIN_EEG_RATE_HZ = 100.0
MIN_EOG_RATE_HZ = 50.0
MIN_EMG_RATE_HZ = 200.0
# The whole range of the file, in µV, that no recording of the scalp fits into.
TOO_NARROW_UV = 20.0
LONG_S = 24 * 3600.0

HeaderRule = Callable[[Recording], Iterator[Issue]]


def gaps(recording: Recording) -> Iterator[Issue]:
    """Report stretches without signal: epochs in them are unscored."""
    large = [gap for gap in recording.gaps if gap.duration_s >= SMALL_GAP_S]
    n_small = len(recording.gaps) - len(large)
    if large:
        lost_s = sum(gap.duration_s for gap in large)
        first = moment_in_words(recording.start, large[0].onset_s)
        yield Issue(
            Severity.NOTE,
            "gaps",
            f"{len(large)} gap{'s' * (len(large) > 1)}, {lost_s:g} s in all, the first "
            f"at {first}; epochs that fall into one are unscored.",
        )
    if n_small:
        yield Issue(
            Severity.NOTE,
            "small_gaps",
            f"{n_small} gap{'s' * (n_small > 1)} of less than {SMALL_GAP_S:g} s "
            f"{'were' if n_small > 1 else 'was'} bridged by straight lines.",
        )


def longer_than_a_day(recording: Recording) -> Iterator[Issue]:
    """Find a recording that may contain several nights."""
    if recording.duration_s > LONG_S:
        yield Issue(
            Severity.WARNING,
            "longer_than_a_day",
            f"The recording lasts {recording.duration_s / 3600:.1f} h and may hold more "
            "than one night.",
            "Give lights-off and lights-on of the night that is meant.",
        )


def has_implausible_range(channel: Channel) -> bool:
    """Return whether the range of an EEG or EOG is only a few µV by its header."""
    if channel.role.kind not in (Kind.EEG, Kind.EOG):
        return False
    if channel.limits is None or channel.to_uv is None:
        return False
    return 0 < (channel.limits[1] - channel.limits[0]) * channel.to_uv < TOO_NARROW_UV


def is_envelope(channel: Channel) -> bool:
    """Return whether the low-pass is below the high-pass, as after rectifying."""
    return (
        channel.lowpass_hz is not None
        and channel.highpass_hz is not None
        and channel.lowpass_hz < channel.highpass_hz
    )


def range_implausible(recording: Recording) -> Iterator[Issue]:
    """Find a range of a few µV in all: the unit in the header is wrong."""
    narrow = [c for c in recording.channels if has_implausible_range(c)]
    if narrow:
        yield Issue(
            Severity.ERROR,
            "range_implausible",
            f"By its header the whole range of {_labels(narrow)} is under "
            f"{TOO_NARROW_UV:g} µV, which no EEG or EOG fits into.",
            "Check the unit and name the right one, for example --unit V.",
        )


def rate_too_low(recording: Recording) -> Iterator[Issue]:
    """Find channels with too low a sampling rate for their measures."""
    for kind, least_hz, lost in (
        (Kind.EEG, MIN_EEG_RATE_HZ, "staging and band powers up to 30 Hz"),
        (Kind.EOG, MIN_EOG_RATE_HZ, "eye movements"),
    ):
        yield from _too_slow(recording.of_kind(kind), least_hz, lost)
    chin = [
        channel
        for channel in recording.channels
        if channel.role is Role.EMG_CHIN and not is_envelope(channel)
    ]
    yield from _too_slow(chin, MIN_EMG_RATE_HZ, "muscle tone up to 100 Hz")


def highpass_too_high(recording: Recording) -> Iterator[Issue]:
    """Find where the amplifier filtered slow waves or eye movements away."""
    for kind, allowed_hz, limit_hz, lost in (
        (
            Kind.EEG,
            AASM_HIGHPASS_HZ,
            SLOW_WAVE_HZ,
            "slow waves and slow-wave activity",
        ),
        (Kind.EOG, EYE_HZ, EYE_HZ, "eye movements"),
    ):
        filtered = [
            channel
            for channel in recording.of_kind(kind)
            if channel.highpass_hz is not None
            and channel.highpass_hz > allowed_hz + 1e-6
        ]
        if filtered:
            highest = max(channel.highpass_hz or 0.0 for channel in filtered)
            effect = (
                f"{lost} cannot be measured from {limit_hz:g} Hz"
                if highest > limit_hz
                else f"{lost} are too small, and fewer slow waves are found"
            )
            yield Issue(
                Severity.WARNING,
                "highpass_too_high",
                f"{_labels(filtered)} passed a hardware high-pass of up to "
                f"{highest:.2g} Hz: {effect}.",
                "Record with a high-pass of 0.3 Hz, as the AASM recommends. Compare "
                "nights of one high-pass only.",
            )


def lowpass_too_low(recording: Recording) -> Iterator[Issue]:
    """Find where the amplifier filtered fast activity away."""
    eeg = [
        channel
        for channel in recording.of_kind(Kind.EEG)
        if _usable_hz(channel) < BETA_HZ
    ]
    if eeg:
        lowest = min(_usable_hz(channel) for channel in eeg)
        message = (
            f"{_labels(eeg)} passed a hardware low-pass that leaves {lowest:g} Hz and "
            "less: beta cannot be measured."
        )
        if lowest < SIGMA_HZ:
            message = (
                f"{_labels(eeg)} passed a hardware low-pass that leaves {lowest:g} Hz "
                "and less: beta, sigma and spindles cannot be measured."
            )
        remedy = "Record with a low-pass of 38 Hz or more."
        yield Issue(Severity.WARNING, "lowpass_too_low", message, remedy)
    chin = [
        channel
        for channel in recording.channels
        if channel.role is Role.EMG_CHIN
        and channel.lowpass_hz is not None
        and channel.lowpass_hz < EMG_HZ
        and not is_envelope(channel)
    ]
    if chin:
        yield Issue(
            Severity.WARNING,
            "emg_lowpass_low",
            f"{_labels(chin)} passed a hardware low-pass of {chin[0].lowpass_hz:g} Hz: "
            f"muscle tone up to {EMG_HZ:g} Hz cannot be measured.",
            "Record the chin with a low-pass of 100 Hz, as the AASM has it.",
        )


def emg_is_envelope(recording: Recording) -> Iterator[Issue]:
    """Find a chin EMG that was rectified and smoothed before it was stored."""
    for channel in recording.channels:
        if channel.role is Role.EMG_CHIN and is_envelope(channel):
            yield Issue(
                Severity.WARNING,
                "emg_is_envelope",
                f"By its header {channel.label} was rectified and smoothed: it is the "
                "envelope of an EMG, and no amplitude or twitch is measured on it.",
            )


HEADER_RULES: tuple[HeaderRule, ...] = (
    gaps,
    longer_than_a_day,
    range_implausible,
    rate_too_low,
    highpass_too_high,
    lowpass_too_low,
    emg_is_envelope,
)


def _too_slow(
    channels: "tuple[Channel, ...] | list[Channel]", least_hz: float, lost: str
) -> Iterator[Issue]:
    slow = [channel for channel in channels if channel.rate_hz < least_hz]
    if slow:
        lowest = min(channel.rate_hz for channel in slow)
        yield Issue(
            Severity.WARNING,
            "rate_too_low",
            f"{_labels(slow)} is sampled at {lowest:g} Hz; {lost} needs {least_hz:g} Hz.",
            "Record or export at a higher rate.",
        )


def _usable_hz(channel: Channel) -> float:
    if channel.lowpass_hz is None:
        return float("inf")
    return USABLE_SHARE_OF_LOWPASS * channel.lowpass_hz


def _labels(channels: "tuple[Channel, ...] | list[Channel]") -> str:
    return ", ".join(channel.label for channel in channels)
