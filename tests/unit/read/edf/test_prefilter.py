"""Filter limits in the words of several amplifiers."""

import math

import pytest

from psgkit.read.edf.prefilter import parse_prefilter


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("HP:0.1Hz LP:75Hz N:50Hz", (0.1, 75.0)),  # the example of EDF+
        ("HP:0.5Hz LP:100Hz [enhanced cassette BW]", (0.5, 100.0)),  # Sleep-EDF
        ("HP:16Hz Rectification LP:0.7Hz", (16.0, 0.7)),
        ("HP:DC; LP:35Hz", (0.0, 35.0)),
        ("HP: DC, LP: 0", (0.0, None)),
        ("HP:0Hz LP:0Hz N:0Hz", (0.0, None)),
        ("HP:0,3 Hz LP:35 Hz", (0.3, 35.0)),
        ("HP 0.3 LP 70", (0.3, 70.0)),
        ("Highpass: 0.3 Hz Lowpass: 35 Hz", (0.3, 35.0)),
        ("LP:30Hz", (None, 30.0)),
        ("0.3-35 Hz", (0.3, 35.0)),
        ("BP: 0.3 to 70 Hz", (0.3, 70.0)),
        ("LP:1.5kHz", (None, 1500.0)),
        ("HP:0.3s LP:70Hz", (1 / (2 * math.pi * 0.3), 70.0)),  # a time constant
        ("TC:0.3s HFF:70Hz", (1 / (2 * math.pi * 0.3), 70.0)),
        ("", (None, None)),
        ("Hold during 2 seconds", (None, None)),
        ("pre1", (None, None)),
        ("NOTCH 50", (None, None)),
    ],
)
def test_limits(text: str, limits: tuple[float | None, float | None]):
    assert parse_prefilter(text) == pytest.approx(limits)
