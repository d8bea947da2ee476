"""Positions of electrodes, and channels of each montage.

A source of the brain reaches every electrode with a gain that falls with distance, and
a channel is the difference of two electrodes; so channels are coherent, and
re-referencing has the same result as in a head.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from psgkit.domain.channels.roles import Role

Topography = Mapping[str, float]

# Seen from above, the nose at (0, 1): the 10-20 system, mastoids, and the two eye
# electrodes of the AASM manual (E1 below the left eye, E2 above the right one).
POSITIONS: dict[str, tuple[float, float]] = {
    "Fp1": (-0.25, 0.80),
    "Fp2": (0.25, 0.80),
    "F3": (-0.35, 0.45),
    "Fz": (0.0, 0.45),
    "F4": (0.35, 0.45),
    "C3": (-0.45, 0.0),
    "Cz": (0.0, 0.0),
    "C4": (0.45, 0.0),
    "P3": (-0.35, -0.45),
    "Pz": (0.0, -0.45),
    "P4": (0.35, -0.45),
    "O1": (-0.25, -0.80),
    "O2": (0.25, -0.80),
    "T7": (-0.85, 0.0),
    "T8": (0.85, 0.0),
    "M1": (-1.00, -0.35),
    "M2": (1.00, -0.35),
    "E1": (-0.55, 0.98),
    "E2": (0.55, 0.98),
}


def spread(x: float, y: float, width: float) -> dict[str, float]:
    """Return the gains of a source below a point, one at the point itself.

    Parameters
    ----------
    x, y : float
        Place of the source, in the units of `POSITIONS`.
    width : float
        Distance at which its gain has fallen to 0.61.
    """
    return {
        site: float(np.exp(-((x - sx) ** 2 + (y - sy) ** 2) / (2.0 * width**2)))
        for site, (sx, sy) in POSITIONS.items()
    }


class MontageName(StrEnum):
    """The montages that a night can be recorded with."""

    AASM = "aasm"
    MINIMAL = "minimal"
    ELECTRODES = "electrodes"
    WIDE = "wide"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Lead:
    """One channel to be made.

    Attributes
    ----------
    label : str
        Its name in the file.
    role : Role
        Role of the channel.
    plus, minus : str
        The electrodes; ``minus`` is empty for one recorded against a distant ground.
    unit : str
        Physical unit.
    limit : float
        The physical range is from minus this to this, or from 0 where ``is_positive``.
    rate_share : float
        Its sampling rate, as a share of the voltages' own; 0 where ``rate_hz`` says it.
    rate_hz : float
        Its sampling rate where that does not follow the voltages'.
    is_positive : bool
        Whether its values cannot be negative.
    """

    label: str
    role: Role
    plus: str = ""
    minus: str = ""
    unit: str = "uV"
    limit: float = 1000.0
    rate_share: float = 1.0
    rate_hz: float = 0.0
    is_positive: bool = False

    @property
    def is_voltage(self) -> bool:
        """Whether it is made from sources and electrodes."""
        return bool(self.plus)

    def gain(self, topography: Topography) -> float:
        """Return the gain of a source."""
        return topography.get(self.plus, 0.0) - topography.get(self.minus, 0.0)

    def rate_at(self, rate_hz: float) -> float:
        """Return the channel's sampling rate if the EEG has ``rate_hz``."""
        if self.rate_share == 0.0:
            return self.rate_hz
        wanted = rate_hz * self.rate_share
        return wanted if wanted.is_integer() else rate_hz


def _eeg(site: str, reference: str) -> Lead:
    return Lead(f"{site}-{reference}", Role.eeg(site, reference), site, reference)


_EYES = (
    Lead("E1-M2", Role.EOG_L, "E1", "M2"),
    Lead("E2-M2", Role.EOG_R, "E2", "M2"),
)
_CHIN = Lead("Chin1-Chin2", Role.EMG_CHIN, "Chin1", "Chin2", limit=1000.0)
_ECG = Lead("ECG", Role.ECG, "ECG1", "ECG2", limit=5000.0)
_AASM_EEG = (
    _eeg("F3", "M2"),
    _eeg("F4", "M1"),
    _eeg("C3", "M2"),
    _eeg("C4", "M1"),
    _eeg("O1", "M2"),
    _eeg("O2", "M1"),
)


def _slow(label: str, role: Role, unit: str, limit: float, rate_hz: float) -> Lead:
    return Lead(
        label,
        role,
        unit=unit,
        limit=limit,
        rate_share=0.0,
        rate_hz=rate_hz,
        is_positive=unit not in ("uV", ""),
    )


MONTAGES: dict[MontageName, tuple[Lead, ...]] = {
    MontageName.AASM: (*_AASM_EEG, *_EYES, _CHIN, _ECG),
    MontageName.MINIMAL: (_eeg("C4", "M1"), *_EYES, _CHIN),
    MontageName.ELECTRODES: (
        *(
            Lead(site, Role.eeg(site), site)
            for site in ("F3", "F4", "C3", "C4", "O1", "O2")
        ),
        Lead("M1", Role.M1, "M1"),
        Lead("M2", Role.M2, "M2"),
        Lead("E1", Role.EOG_L, "E1"),
        Lead("E2", Role.EOG_R, "E2"),
        _CHIN,
        _ECG,
    ),
    MontageName.WIDE: (
        _eeg("Fp1", "M2"),
        _eeg("Fp2", "M1"),
        *_AASM_EEG,
        _eeg("P3", "M2"),
        _eeg("P4", "M1"),
        *_EYES,
        _CHIN,
        _ECG,
        Lead("Leg/L", Role.LEG_L, "LegL", rate_share=0.5),
        Lead("Leg/R", Role.LEG_R, "LegR", rate_share=0.5),
        _slow("Snore", Role.SNORE, "uV", 1000.0, 100.0),
        _slow("Nasal Pressure", Role.PRESSURE, "uV", 1000.0, 32.0),
        _slow("Airflow", Role.AIRFLOW, "uV", 1000.0, 32.0),
        _slow("Thorax", Role.THORAX, "uV", 1000.0, 32.0),
        _slow("Abdomen", Role.ABDOMEN, "uV", 1000.0, 32.0),
        _slow("SpO2", Role.SPO2, "%", 120.0, 1.0),
        _slow("Pulse", Role.PULSE, "bpm", 250.0, 1.0),
        _slow("Pleth", Role.OTHER, "", 100.0, 64.0),
        _slow("Position", Role.POSITION, "code", 10.0, 1.0),
    ),
    # As many laboratories export: each kind of channel at the rate that it needs.
    MontageName.MIXED: (
        *(
            replace(_eeg(*pair), rate_share=0.5)
            for pair in (("F4", "M1"), ("C4", "M1"))
        ),
        *(replace(eye, rate_share=0.25) for eye in _EYES),
        _CHIN,
        replace(_ECG, rate_share=0.5),
        _slow("SpO2", Role.SPO2, "%", 120.0, 1.0),
    ),
}
