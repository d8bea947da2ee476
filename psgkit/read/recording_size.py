"""Limits on the channels and gaps of a recording: each costs time in every step."""

from psgkit.errors import UnreadableRecording

MAX_CHANNELS = 1_000
MAX_GAPS = 2_000


def check_size(name: str, *, channels: int = 0, gaps: int = 0) -> None:
    """Refuse a recording with more channels or gaps than a night can have.

    Raises
    ------
    UnreadableRecording
        If there are too many of either.
    """
    for count, most, what in (
        (channels, MAX_CHANNELS, "channels"),
        (gaps, MAX_GAPS, "gaps"),
    ):
        if count > most:
            raise UnreadableRecording(
                f"{name} has {count} {what}; psgkit reads up to {most}. Export the "
                "recording with fewer, or look for a fault of the export."
            )
