"""Tables of detected events under the names that YASA gives their columns."""

import pandas as pd

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.errors import InputError

_COMMON = {"onset_s": "Start", "duration_s": "Duration"}
_COLUMNS = {
    "spindles": {
        "peak_s": "Peak",
        "amplitude_uv": "Amplitude",
        "frequency_hz": "Frequency",
    },
    "slow_waves": {
        "neg_peak_s": "NegPeak",
        "ptp_uv": "PTP",
        "slope_uvs": "Slope",
        "sigma_phase_rad": "PhaseAtSigmaPeak",
        "ndpac": "ndPAC",
    },
    "eye_movements": {
        "peak_s": "Peak",
        "left_uv": "LOCAbsValPeak",
        "right_uv": "ROCAbsValPeak",
    },
}


def yasa_table(night: Night, name: str) -> pd.DataFrame:
    """Return detected events as YASA names columns; see `Night.yasa_table`."""
    if name not in _COLUMNS:
        raise InputError(f"No table {name!r}; there are {', '.join(_COLUMNS)}.")
    table = night.tables.get(name)
    if table is None:
        table = pd.DataFrame({"onset_s": [], "duration_s": []}, dtype=float)
    renamed = table.rename(columns=_COMMON | _COLUMNS[name])
    renamed.insert(1, "End", renamed["Start"] + renamed["Duration"])
    if "stage" in table:
        codes = [Stage[str(stage)].value for stage in table["stage"]]
        renamed = renamed.drop(columns="stage").assign(Stage=codes)
    if "channel" in table:
        renamed = renamed.rename(columns={"channel": "Channel"})
    return renamed
