"""How far the errors of automatic staging move a number, and how well that holds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from psgkit.measure import METRICS
from psgkit.measure.catalogue.reliability import PLAIN, SQUARE_ROOT, StagingError

# J's primary endpoints that rest on stages, and the columns of REM and N3 beside them.
WITH_INTERVAL = (
    "rem_min",
    "rem_pct",
    "remp_n",
    "remp_mean_min",
    "remp1_lat_min",
    "rem_wmean_min_b2m",
    "rem_wmean_min_b6m",
    "rem_bout_max_min_b2m",
    "cycle_n",
    "cycle_mean_min",
    "n3_min",
    "n3_pct",
    "n3_first3_min",
    "n3_first3_pct",
    "n3_c1_min",
)
COVERAGE = 0.9
N_BLOCKS = 10


@dataclass(frozen=True)
class Interval:
    """What was fitted to all nights of one column, and how it did on others.

    Attributes
    ----------
    error : StagingError
        What the catalogue carries where the interval is honest.
    coverage : numpy.ndarray, shape (4,)
        Of nights left out: all, and the lowest, middle and highest third.
    width : float
        Median width.
    nights : int
        How many nights define the column in both scorings.
    """

    error: StagingError
    coverage: np.ndarray
    width: float
    nights: int

    @property
    def is_honest(self) -> bool:
        """Whether it may be shipped: it holds overall and in every third."""
        overall, thirds = self.coverage[0], self.coverage[1:]
        return bool(overall >= COVERAGE - 0.05 and thirds.min() >= COVERAGE - 0.1)


def fit_error(automatic: np.ndarray, human: np.ndarray, unit: str) -> StagingError:
    """Fit the interval: order statistics of the errors, on the better of two scales.

    Counts keep the plain scale. For the others the scale with the smaller interval
    score (width, and a fine for each miss) on the same nights is taken.
    """
    scales = (PLAIN,) if unit == "count" else (PLAIN, SQUARE_ROOT)
    fits = []
    for scale in scales:
        change = np.sqrt if scale == SQUARE_ROOT else np.asarray
        errors = np.sort(change(human) - change(automatic))
        rank = min(int(np.ceil((len(errors) + 1) * (1 + COVERAGE) / 2)), len(errors))
        error = StagingError(scale, float(errors[-rank]), float(errors[rank - 1]))
        fits.append((interval_score(error, automatic, human), error))
    return min(fits, key=lambda fit: fit[0])[1]


def interval_score(
    error: StagingError, automatic: np.ndarray, human: np.ndarray
) -> float:
    """Return the mean interval score of Gneiting and Raftery (2007)."""
    ends = np.array([error.around(value) for value in automatic])
    fine = 2 / (1 - COVERAGE)
    below = np.maximum(ends[:, 0] - human, 0)
    above = np.maximum(human - ends[:, 1], 0)
    return float((ends[:, 1] - ends[:, 0] + fine * (below + above)).mean())


def measure_coverage(automatic: np.ndarray, human: np.ndarray, unit: str) -> np.ndarray:
    """Return how often the interval holds the experts' value on people left out.

    Each block of nights is looked at with the interval that all others fit. Nights with
    neighbouring numbers may be one person's, so that a block holds neighbours.

    Returns
    -------
    numpy.ndarray, shape (4,)
        Coverage of all nights, and in the lowest, middle and highest third of the
        automatic values.
    """
    held = np.zeros(len(automatic), dtype=bool)
    for block in np.array_split(np.arange(len(automatic)), N_BLOCKS):
        others = np.setdiff1d(np.arange(len(automatic)), block)
        error = fit_error(automatic[others], human[others], unit)
        ends = np.array([error.around(value) for value in automatic[block]])
        held[block] = (human[block] >= ends[:, 0] - 1e-9) & (
            human[block] <= ends[:, 1] + 1e-9
        )
    thirds = np.argsort(np.argsort(automatic, kind="stable")) * 3 // len(automatic)
    return np.array(
        [held.mean(), *(held[thirds == third].mean() for third in range(3))]
    )


def held_by_experts(
    experts: list[pd.DataFrame], name: str, error: StagingError
) -> float:
    """Return how often one expert's value with an interval holds the others' median.

    Mean over experts, of nights that the interval was not fitted to.
    """
    values = np.array([table[name].to_numpy(float) for table in experts])
    shares = []
    for number, own in enumerate(values):
        others = np.median(np.delete(values, number, axis=0), axis=0)
        ends = np.array([error.around(value) for value in own])
        shares.append(np.mean((others >= ends[:, 0]) & (others <= ends[:, 1])))
    return float(np.mean(shares))


def measure_intervals(
    automatic: pd.DataFrame, human: pd.DataFrame
) -> dict[str, Interval]:
    """Return each column's interval, coverage, median width and number of nights."""
    units = {spec.name: spec.unit for spec in METRICS}
    found = {}
    for name in WITH_INTERVAL:
        both = automatic[name].notna() & human[name].notna()
        one, other = automatic.loc[both, name].array, human.loc[both, name].array
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
        error = fit_error(one, other, units[name])
        ends = np.array([error.around(value) for value in one])
        width = float(np.median(ends[:, 1] - ends[:, 0]))
        coverage = measure_coverage(one, other, units[name])
        found[name] = Interval(error, coverage, width, int(both.sum()))
    return found
