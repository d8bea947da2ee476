"""Plausible amplitudes of a signal by kind, to find a wrong unit."""

from psgkit.domain.channels.roles import Kind

FACTORS_UV = {"nV": 1e-3, "uV": 1.0, "mV": 1e3, "V": 1e6}

# Median standard deviation over five seconds, in µV, that a signal of a kind can have
# in a recording fit for use. Each band is narrower than the factor of 1000 between two
# units, so that one unit at most fits. Widened from the AASM's typical amplitudes (EEG
# up to 200 µV peak to peak, eye movements up to 1 mV, chin EMG at rest below 10 µV).
PLAUSIBLE_SD_UV = {
    Kind.EEG: (1.0, 400.0),
    Kind.REFERENCE: (1.0, 900.0),
    Kind.EOG: (2.0, 1500.0),
    Kind.EMG: (0.4, 390.0),
    Kind.LEG: (0.4, 390.0),
    Kind.ECG: (10.0, 5000.0),
}
ELECTRODE_KINDS = frozenset(PLAUSIBLE_SD_UV)


def decide_unit(spread: float, kind: Kind) -> str | None:
    """Return the unit that gives a signal of a kind a plausible amplitude.

    Parameters
    ----------
    spread : float
        Median standard deviation over five seconds, in the unknown unit; NaN where the
        signal is flat.
    kind : Kind
        Kind of signal; one of `ELECTRODE_KINDS`.

    Returns
    -------
    str or None
        ``"nV"``, ``"uV"``, ``"mV"`` or ``"V"``; None where no unit fits.
    """
    low, high = PLAUSIBLE_SD_UV[kind]
    fitting = [u for u, factor in FACTORS_UV.items() if low <= spread * factor <= high]
    return fitting[0] if fitting else None
