"""A distribution as dots on a line, one dot per night, without overlap.

Drawn as SVG by a template and not by matplotlib, because each dot is a link.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.report.wording import marked

WIDTH = 440.0
MARGIN = 14.0
RADIUS = 4.0
MIDDLE = 62.0  # height of the line of the dots
REACH = 50.0  # how far above and below the line they may be
OUTLIER_DEVIATIONS = 3.5
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Dot:
    """One night on the line: where in the drawing, and which row of the table."""

    x: float
    y: float
    row: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A drawing of one column.

    Attributes
    ----------
    dots : tuple of Dot
    ticks : tuple of (float, str)
        Place and label.
    box : tuple of float
        Places of the lower quartile, the median and the upper quartile.
    """

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    box: tuple[float, float, float]


def lay_out(values: npt.NDArray[np.float64]) -> Strip | None:
    """Place the finite values of a column, or return None.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_nights,)
        NaN if a night has no number.
    """
    rows = np.flatnonzero(np.isfinite(values))
    if len(rows) == 0:
        return None
    found = values[rows]
    marks = nice_ticks(float(found.min()), float(found.max()))
    low, high = min(marks[0], found.min()), max(marks[-1], found.max())

    def place(value: float) -> float:
        return float(MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN))

    places = [place(value) for value in found]
    quartiles = np.percentile(found, [25, 50, 75])
    return Strip(
        dots=tuple(
            Dot(round(x, 1), round(y, 1), int(row))
            for x, y, row in zip(places, _heights(places), rows, strict=True)
        ),
        ticks=tuple((round(place(mark), 1), marked(f"{mark:g}")) for mark in marks),
        box=(place(quartiles[0]), place(quartiles[1]), place(quartiles[2])),
    )


def nice_ticks(low: float, high: float, *, parts: int = 4) -> list[float]:
    """Return round numbers that span a range, by default three to seven.

    There are at most so many parts between them, but for those at the ends.

    Examples
    --------
    >>> nice_ticks(3.2, 17.0)
    [0.0, 5.0, 10.0, 15.0, 20.0]
    >>> nice_ticks(4.0, 4.0), nice_ticks(10.76, 10.76)
    ([3.0, 4.0, 5.0], [10.0, 11.0])
    """
    if high <= low:
        low, high = math.floor(low), math.ceil(low)
        return (
            [float(low), float(high)]
            if low < high
            else [low - 1.0, float(low), low + 1.0]
        )
    rough = (high - low) / parts
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def find_outliers(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which values are far from the others.

    Far is over 3.5 robust standard deviations (1.4826 times the median absolute
    deviation) from the median (Iglewicz & Hoaglin 1993). Under five values, or where
    half of them are equal, nothing can be called far.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_nights,)

    Returns
    -------
    numpy.ndarray of bool, shape (n_nights,)
    """
    finite = np.isfinite(values)
    none = np.zeros(len(values), dtype=bool)
    if finite.sum() < 5:
        return none
    away = np.abs(values - np.median(values[finite]))
    deviation = _MAD_TO_SD * float(np.median(away[finite]))
    if deviation == 0:
        return none
    return finite & (away > OUTLIER_DEVIATIONS * deviation)


def _heights(places: list[float]) -> list[float]:
    """Stack dots that would overlap, above and below the line in turn."""
    columns: dict[int, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        columns[round(place / (2 * RADIUS))].append(number)
    tallest = max(len(column) for column in columns.values())
    step = min(2 * RADIUS, 2 * REACH / max(tallest, 1))
    heights = [MIDDLE] * len(places)
    for column in columns.values():
        for order, number in enumerate(column):
            side = 1 if order % 2 else -1
            heights[number] = MIDDLE + side * ((order + 1) // 2) * step
    return heights
