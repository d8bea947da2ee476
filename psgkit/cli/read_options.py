"""Options on how a recording is read: `--channel`, `--unit` and `--ignore-clock`."""

from typing import TYPE_CHECKING, Any

from psgkit.errors import InputError

if TYPE_CHECKING:
    from psgkit.settings import Settings


def read_overrides(
    settings: "Settings",
    unit: list[str] | None,
    channel: list[str] | None,
    *,
    ignore_clock: bool,
) -> dict[str, Any]:
    """Return the settings of reading that a call's options change."""
    read: dict[str, Any] = {}
    one, by_channel = unit_pairs(unit or [])
    if one:
        read["unit"] = one
    if by_channel:
        read["units"] = settings.read.units | by_channel
    if channel:
        read["channels"] = settings.read.channels | channel_pairs(channel)
    if ignore_clock:
        read["ignore_clock"] = True
    return read


def channel_pairs(words: list[str]) -> dict[str, str]:
    """Return role to label out of words such as ``C4_M1=EEG 3``."""
    pairs = [word.partition("=") for word in words]
    wrong = [
        word
        for word, (role, _, label) in zip(words, pairs, strict=True)
        if not (role and label)
    ]
    if wrong:
        raise InputError(
            f"--channel {', '.join(map(repr, wrong))} is not ROLE=LABEL; for example "
            "--channel eeg='EEG C4-A1'."
        )
    return {role: label for role, _, label in pairs}


def unit_pairs(words: list[str]) -> tuple[str, dict[str, str]]:
    """Return the unit for all channels (empty if not given) and for single channels."""
    from psgkit.read.labels.units import read_unit

    one, by_channel, wrong = "", {}, []
    for word in words:
        label, _, text = word.rpartition("=")
        unit = read_unit(text)
        if not (text and isinstance(unit, str)) or ("=" in word and not label):
            wrong.append(word)
        elif label:
            by_channel[label] = unit
        else:
            one = unit
    if wrong:
        raise InputError(
            f"--unit {', '.join(map(repr, wrong))} is not a unit. Use nV, uV, mV or V, or "
            "for one channel 'LABEL=uV'."
        )
    return one, by_channel
