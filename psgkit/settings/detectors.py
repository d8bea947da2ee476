"""Settings of the detectors of spindles, slow waves and eye movements."""

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Settings of one step: their values do not change, and names are checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Detector = Literal["yasa-fast", "yasa"]
SpindleDetector = Literal["yasa-fast", "yasa", "a7"]
Range = tuple[float, float]


def _rising(limits: Range) -> Range:
    if not 0 <= limits[0] < limits[1] < math.inf:
        raise ValueError(
            f"Give two rising numbers from 0; got {limits[0]:g} and {limits[1]:g}."
        )
    return limits


Rising = Annotated[Range, AfterValidator(_rising)]


class SpindleRules(Frozen):
    """Thresholds of YASA's spindle detector, with its defaults from 11 to 16 Hz.

    Attributes
    ----------
    band_hz : tuple of float
        Of spindles.
    relative_power : float
        Least share that the band has of the power from 1 to 30 Hz.
    correlation : float
        Least correlation of the band with the signal from 1 to 30 Hz.
    rms : float
        Standard deviations above the mean that the band's amplitude must reach.
    duration_s : tuple of float
        Of a spindle.
    """

    band_hz: Rising = (11.0, 16.0)
    relative_power: float = Field(default=0.20, gt=0, lt=1)
    correlation: float = Field(default=0.65, gt=0, lt=1)
    rms: float = Field(default=1.5, gt=0, allow_inf_nan=False)
    duration_s: Rising = (0.5, 2.0)


class SlowWaveRules(Frozen):
    """Limits of a slow wave in microvolts; the defaults are YASA's.

    Attributes
    ----------
    ptp_uv, negative_uv, positive_uv : tuple of float
        From peak to peak, of the trough, and of the peak that follows.
    """

    ptp_uv: Rising = (75.0, 350.0)
    negative_uv: Rising = (40.0, 200.0)
    positive_uv: Rising = (10.0, 150.0)


class DetectorSettings(Frozen):
    """Programs that find events in the signals, and their thresholds.

    ``yasa-fast`` is psgkit's own form of YASA's detector; ``yasa`` is YASA's function
    itself, which follows the same rules and takes longer.

    Attributes
    ----------
    spindles : {"yasa-fast", "yasa", "a7"}
        ``yasa``: `yasa.spindles_detect`. ``a7``: the rules of Lacourse et al. 2019.
    slow_waves, eye_movements : {"yasa-fast", "yasa"}
        ``yasa``: `yasa.sw_detect` and `yasa.rem_detect`.
    spindle_rules : SpindleRules
    slow_wave_rules : SlowWaveRules
    """

    spindles: SpindleDetector = "yasa-fast"
    slow_waves: Detector = "yasa-fast"
    eye_movements: Detector = "yasa-fast"
    spindle_rules: SpindleRules = SpindleRules()
    slow_wave_rules: SlowWaveRules = SlowWaveRules()
