"""Topography: a number of every scalp electrode as a map of the head."""

from typing import TYPE_CHECKING

import numpy as np

from psgkit.domain.night import Night
from psgkit.errors import InputError, listed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Four of them, two on each side, are on a circle, through which no triangles go.
LEAST_ELECTRODES = 6
_POSITION = ["x_m", "y_m", "z_m"]
_SIZE_IN = (4.8, 4.4)


def plot_topography(
    night: Night, values: str = "swa_uv2", *, ax: "Axes | None" = None
) -> "Figure":
    """Draw a number of every scalp electrode as a map of the head.

    Parameters
    ----------
    night : Night
        Analysed with all electrodes: ``psgkit report --eeg all``, or
        ``Settings(measure={"eeg": "all"})``.
    values : str
        A column of the table ``electrodes`` (``"swa_uv2"``, ``"swa_n3_uv2"``,
        ``"usable_pct"``), or a band and a stage of ``electrode_power``
        (``"sigma_uv2__N2"``).
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        Drawn by `mne.viz.plot_topomap`. Electrodes without a position or a value are
        left out.

    Raises
    ------
    InputError
        If these numbers, or six electrodes with a position, are missing.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_topography(night, "sigma_uv2__N2")
    >>> figure.savefig("topography.svg")
    """
    table = _values(night, values)
    known = table.dropna(subset=[*_POSITION, "value"])
    if len(known) < LEAST_ELECTRODES:
        raise InputError(
            f"{night.id}: {len(known)} electrodes have a position and a value of "
            f"{values}; a topography needs {LEAST_ELECTRODES}."
        )
    return _draw(known, values, ax)


def _values(night: Night, values: str) -> "pd.DataFrame":
    """Return the electrodes with their positions and a column ``value``."""
    electrodes = night.tables.get("electrodes")
    powers = night.tables.get("electrode_power")
    if electrodes is None or powers is None:
        raise InputError(
            f"{night.id}: the electrodes were not measured; analyse the night with "
            "--eeg all."
        )
    band, _, stage = values.partition("_uv2__")
    of_band = powers[(powers["band"] == band) & (powers["stage"] == stage)]
    if len(of_band):
        by_electrode = of_band.set_index("electrode")["power_uv2"]
        return electrodes.assign(value=electrodes["electrode"].map(by_electrode))
    numbers = ["swa_uv2", "swa_n3_uv2", "usable_pct"]
    if values not in numbers:
        bands = [f"{one}_uv2__N2" for one in powers["band"].unique()]
        raise InputError(
            f"{values!r} is not a number of the electrodes; there are "
            f"{listed([*numbers, *bands])}, and the like for other stages."
        )
    return electrodes.assign(value=electrodes[values])


def _draw(known: "pd.DataFrame", values: str, ax: "Axes | None") -> "Figure":
    import mne  # noqa: PLC0415 - importing psgkit costs nothing

    from psgkit.report.drawing.chart import axes_in  # noqa: PLC0415

    names = known["electrode"].tolist()
    info = mne.create_info(names, 1.0, "eeg")
    places = dict(zip(names, known[_POSITION].to_numpy(float), strict=True))
    info.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"))
    ax, whole = axes_in(ax, _SIZE_IN)
    numbers = known["value"].to_numpy(float)
    image, _ = mne.viz.plot_topomap(
        numbers,
        info,
        axes=ax,
        show=False,
        cmap="viridis",
        vlim=(float(np.min(numbers)), float(np.max(numbers))),
        contours=4,
    )
    unit = "%" if values.endswith("_pct") else "µV²"
    reference = str(known["reference"].iloc[0])
    ax.set_title(f"{values.replace('__', ', ')} against {reference}", fontsize=10)
    whole.colorbar(image, ax=ax, shrink=0.7, label=unit)
    return whole
