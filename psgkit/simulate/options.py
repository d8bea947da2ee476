"""Options of a simulated night, checked together."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

from psgkit.errors import InputError
from psgkit.simulate.faults import Fault
from psgkit.simulate.hypnogram import MAX_HOURS
from psgkit.simulate.montages import MONTAGES, MontageName
from psgkit.simulate.sleep_state import State

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 100, 2048

USUAL_DRIFT_RAD = 0.02

_USUAL = {
    "infraslow_drift_rad": USUAL_DRIFT_RAD,
    "heart_infraslow_bpm": 0.0,
    "ectopic_beats_per_h": 0.0,
    "limb_movements_per_h": 0.0,
}
_STATE_OF_NAME = {
    "N1": State.N1,
    "N2": State.N2,
    "N3": State.N3,
    "R": State.REM,
    "REM": State.REM,
}


@dataclass(frozen=True, slots=True)
class NightOptions:
    """The options of `psgkit.simulate.simulate_night`, which describes them.

    Raises
    ------
    InputError
        When one is built with a value that cannot be used; every fault is named.
    """

    hours: float | None
    seed: int
    montage: str
    rate_hz: float
    arousals_per_h: float | Mapping[str, float]
    arousal_clusters: bool
    infraslow_hz: float
    infraslow_depth: float
    coupling_phase_rad: float
    twitches_per_min: float
    alpha_swells_per_min: float
    atonia_loss: float
    respiratory_events_per_h: float
    infraslow_drift_rad: float
    heart_infraslow_bpm: float
    ectopic_beats_per_h: float
    limb_movements_per_h: float
    faults: tuple[Fault, ...]
    start: str

    def __post_init__(self) -> None:
        """Refuse impossible options."""
        wrong = [*self._wrong_names(), *self._wrong_numbers(), *self._wrong_rates()]
        if wrong:
            raise InputError(f"This night cannot be simulated: {'; '.join(wrong)}.")

    @property
    def start_time(self) -> dt.time:
        """The clock time of the first sample."""
        return dt.time.fromisoformat(self.start)

    @property
    def arousals_by_state(self) -> dict[State, float] | None:
        """Arousals an hour of each stage; None where one number is for all."""
        if not isinstance(self.arousals_per_h, Mapping):
            return None
        return {
            _STATE_OF_NAME[name.upper()]: float(rate)
            for name, rate in self.arousals_per_h.items()
        }

    @property
    def overall_arousals_per_h(self) -> float:
        """Arousals an hour of sleep; zero where they are given by stage."""
        return 0.0 if isinstance(self.arousals_per_h, Mapping) else self.arousals_per_h

    def as_json(self) -> dict[str, object]:
        """Return the options as JSON values."""
        per_h = self.arousals_per_h
        return {
            "hours": self.hours,
            "seed": int(self.seed),
            "montage": str(self.montage),
            "rate_hz": float(self.rate_hz),
            "arousals_per_h": dict(per_h) if isinstance(per_h, Mapping) else per_h,
            "arousal_clusters": self.arousal_clusters,
            "infraslow_hz": self.infraslow_hz,
            "infraslow_depth": self.infraslow_depth,
            "coupling_phase_rad": self.coupling_phase_rad,
            "twitches_per_min": self.twitches_per_min,
            "alpha_swells_per_min": self.alpha_swells_per_min,
            "atonia_loss": self.atonia_loss,
            "respiratory_events_per_h": self.respiratory_events_per_h,
            **self._asked_beyond_usual(),
            "faults": [str(fault) for fault in self.faults],
            "start": self.start,
        }

    def _asked_beyond_usual(self) -> dict[str, object]:
        """Return the options of heart, limbs and drift that are not at their usual value.

        A night without them is the night of versions before these options.
        """
        return {
            name: getattr(self, name)
            for name, usual in _USUAL.items()
            if getattr(self, name) != usual
        }

    def _wrong_names(self) -> list[str]:
        wrong = []
        if self.montage not in list(MontageName):
            wrong.append(
                f"no montage {self.montage!r}, there are {', '.join(MontageName)}"
            )
        else:
            labels = [lead.label for lead in MONTAGES[MontageName(self.montage)]]
            wrong += [
                f"{fault} names no channel of the montage, which has "
                f"{', '.join(labels)}"
                for fault in self.faults
                if fault.channel and fault.channel not in labels
            ]
        try:
            dt.time.fromisoformat(self.start)
        except (TypeError, ValueError):
            wrong.append(f"start {self.start!r} is not a clock time such as '23:00'")
        return wrong

    def _wrong_numbers(self) -> list[str]:
        rate, seed = self.rate_hz, self.seed
        wrong = []
        if not (_within(seed, 0, math.inf) and _is_whole(seed)):
            wrong.append(f"seed {seed!r} is not a whole number from 0")
        if not _within(rate, LOWEST_RATE_HZ, HIGHEST_RATE_HZ) or rate != int(rate):
            wrong.append(
                f"rate_hz {rate!r} is not a whole number from {LOWEST_RATE_HZ} to "
                f"{HIGHEST_RATE_HZ}"
            )
        elif rate <= max((2.0 * fault.hum_hz for fault in self.faults), default=0.0):
            wrong.append(f"mains hum cannot be seen at rate_hz {rate!r}; take 200")
        if self.hours is not None and not _within(self.hours, 1 / 120, MAX_HOURS):
            wrong.append(
                f"hours {self.hours!r} is not between one epoch and {MAX_HOURS:g} h"
            )
        limits: Sequence[tuple[str, float, float, float]] = (
            ("infraslow_hz", self.infraslow_hz, 0.005, 0.1),
            ("infraslow_depth", self.infraslow_depth, 0.0, 0.6),
            ("coupling_phase_rad", self.coupling_phase_rad, -math.pi, math.pi),
            ("twitches_per_min", self.twitches_per_min, 0.0, 60.0),
            ("alpha_swells_per_min", self.alpha_swells_per_min, 0.0, 4.0),
            ("atonia_loss", self.atonia_loss, 0.0, 1.0),
            ("respiratory_events_per_h", self.respiratory_events_per_h, 0.0, 60.0),
            ("infraslow_drift_rad", self.infraslow_drift_rad, 0.0, 0.5),
            ("heart_infraslow_bpm", self.heart_infraslow_bpm, 0.0, 10.0),
            ("ectopic_beats_per_h", self.ectopic_beats_per_h, 0.0, 120.0),
            ("limb_movements_per_h", self.limb_movements_per_h, 0.0, 60.0),
        )
        wrong += [
            f"{name} {value!r} is not within {low:.4g} and {high:.4g}"
            for name, value, low, high in limits
            if not _within(value, low, high)
        ]
        return wrong

    def _wrong_rates(self) -> list[str]:
        per_h = self.arousals_per_h
        rates = per_h if isinstance(per_h, Mapping) else {"": per_h}
        wrong = [
            f"arousals_per_h names {name!r}, there are N1, N2, N3 and R"
            for name in rates
            if name and str(name).upper() not in _STATE_OF_NAME
        ]
        wrong += [
            f"arousals_per_h {rate!r} is not within 0 and 100"
            for rate in rates.values()
            if not _within(rate, 0.0, 100.0)
        ]
        return wrong


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral)


def _within(value: object, low: float, high: float) -> bool:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return is_number and low <= float(value) <= high  # type: ignore[arg-type]
