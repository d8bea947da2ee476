"""Which amplitudes are not to be believed, so that no number is made of them."""

from dataclasses import replace

from psgkit.domain.recording import Recording
from psgkit.prepare.quality.channel_rules import amplitude
from psgkit.prepare.quality.header_rules import has_implausible_range
from psgkit.prepare.quality.look import RecordingLook


def withhold_amplitudes(look: RecordingLook) -> Recording:
    """Take the scale from channels whose unit in the header is surely wrong.

    A signal stored in V whose header says µV is a million times too small, and stages
    and powers made of it would be wrong numbers. Such a channel keeps its samples but
    is no longer in microvolts, as one without a unit, until the call names the unit.

    Parameters
    ----------
    look : RecordingLook
        Of the recording.

    Returns
    -------
    Recording
        With ``to_uv`` None in those channels; the rules `amplitude` and
        `range_implausible` say why, and which ``--unit`` would settle it.
    """
    wrong = {
        seen.channel
        for seen in look.channels
        if any(issue.code == "unit_implausible" for issue in amplitude(seen))
    }
    return replace(
        look.recording,
        channels=tuple(
            replace(channel, to_uv=None)
            if channel in wrong or has_implausible_range(channel)
            else channel
            for channel in look.recording.channels
        ),
    )
