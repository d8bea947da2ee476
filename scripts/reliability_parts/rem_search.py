"""Look for a measure of REM continuity on which scorers agree better.

Candidates are all pairs of a way to join REM bouts (interruptions of up to some minutes
filled, REM periods, smoothing by a two-state hidden Markov model) and a way to weigh
their lengths. `search_report` chooses on one half of the nights by the weaker of the
two correlations, experts and automatic, and confirms on the other half.
"""

from itertools import combinations, product

import numpy as np
from scipy.stats import rankdata

from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import (
    epochs_at_most,
    fill_interruptions,
    find_bouts,
)

WIDTHS_MIN = (0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15)
ERRORS = (0.02, 0.05, 0.1, 0.2)
STAYS = ((0.95, 0.99), (0.975, 0.995))  # of REM, of the rest, in epochs of 30 s
SPLITS = 200

WEIGHTS = {
    "mean": np.mean,
    "median": np.median,
    "longest": np.max,
    "mean weighted by length": lambda x: (x**2).sum() / x.sum(),
    "mean weighted by length squared": lambda x: (x**3).sum() / (x**2).sum(),
    "geometric mean weighted by length": lambda x: np.exp(
        (x * np.log(x)).sum() / x.sum()
    ),
}
INCUMBENT = "bridged 2 min, mean weighted by length"
ADOPTED = "bridged 6 min, mean weighted by length"

Candidates = dict[str, float]


def candidates_of(scoring: Scoring) -> Candidates:
    """Return every candidate of one scoring; NaN without REM."""
    night = Evidence.of(scoring)
    joined = {}
    for width in WIDTHS_MIN:
        at_most = epochs_at_most(width, night.epoch_s)
        filled = fill_interruptions(night.bridged, Stage.R, at_most)
        joined[f"bridged {width:g} min"] = find_bouts(filled, Stage.R).lengths
    joined["REM periods, R alone"] = np.array([p.rem_epochs for p in night.rem_periods])
    for error, stays in product(ERRORS, STAYS):
        smooth = smooth_rem(night.stages == Stage.R, error, *stays)
        name = f"Markov, error {error:g}, stay {stays[0]:g}"
        joined[name] = find_bouts(smooth, 1).lengths
    return {
        f"{way}, {weight}": float(function(lengths * night.epoch_min))
        if len(lengths)
        else np.nan
        for way, lengths in joined.items()
        for weight, function in WEIGHTS.items()
    }


def smooth_rem(
    is_rem: np.ndarray, error: float, stay_rem: float, stay_rest: float
) -> np.ndarray:
    """Return the likeliest true course of REM (Viterbi), 1 where REM."""
    steps = np.log([[stay_rest, 1 - stay_rest], [1 - stay_rem, stay_rem]])
    seen = np.log([[1 - error, error], [error, 1 - error]])
    score = np.log([0.9, 0.1]) + seen[:, int(is_rem[0])]
    came_from = np.zeros((len(is_rem), 2), dtype=np.int64)
    for index in range(1, len(is_rem)):
        ways = score[:, None] + steps
        came_from[index] = ways.argmax(axis=0)
        score = ways.max(axis=0) + seen[:, int(is_rem[index])]
    path = np.zeros(len(is_rem), dtype=np.int64)
    path[-1] = score.argmax()
    for index in range(len(is_rem) - 1, 0, -1):
        path[index - 1] = came_from[index, path[index]]
    return path


def _spearman(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Correlate column by column."""
    ranks = [rankdata(side, axis=0) for side in (left, right)]
    left, right = (side - side.mean(axis=0) for side in ranks)
    spread = np.sqrt((left**2).sum(axis=0) * (right**2).sum(axis=0))
    return (left * right).sum(axis=0) / spread


class Search:
    """Candidates of all scorings, a night a row.

    Parameters
    ----------
    experts : list of list of dict
        By expert, then night.
    automatic, human : list of dict
        By night.
    """

    def __init__(
        self,
        experts: list[list[Candidates]],
        automatic: list[Candidates],
        human: list[Candidates],
    ) -> None:
        self.names = list(automatic[0])
        self._experts = [self._array(nights) for nights in experts]
        self._automatic = self._array(automatic)
        self._human = self._array(human)

    def _array(self, nights: list[Candidates]) -> np.ndarray:
        return np.array([[night[name] for name in self.names] for night in nights])

    @property
    def sizes(self) -> tuple[int, int]:
        """Number of nights that experts, and that a program and experts, scored."""
        return len(self._experts[0]), len(self._automatic)

    def rhos(self, dod: np.ndarray, boas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return rho between experts, and automatic, of each candidate."""
        pairs = [
            _spearman(one[dod], other[dod])
            for one, other in combinations(self._experts, 2)
        ]
        automatic = _spearman(self._automatic[boas], self._human[boas])
        return np.median(pairs, axis=0), automatic

    def choose_and_confirm(
        self, dod: np.ndarray, boas: np.ndarray
    ) -> tuple[str, dict[str, list[float]]]:
        """Choose on some nights; return rho there and on the others.

        Returns
        -------
        chosen : str
        rhos : dict
            Of the chosen, the adopted and the incumbent: experts and automatic on the
            nights of choice, then both on the other nights.
        """
        others = [
            np.setdiff1d(np.arange(size), used)
            for size, used in zip(self.sizes, (dod, boas), strict=True)
        ]
        here, there = self.rhos(dod, boas), self.rhos(*others)
        chosen = self.names[int(np.nanargmax(np.minimum(*here)))]
        return chosen, {
            name: [float(side[self.names.index(name)]) for side in (*here, *there)]
            for name in (chosen, ADOPTED, INCUMBENT)
        }


def search_report(search: Search) -> str:
    """Return the section of docs/reliability.md."""
    n_dod, n_boas = search.sizes
    lines = [
        (
            f"{len(search.names)} candidates: interruptions filled of up to "
            f"{', '.join(f'{w:g}' for w in WIDTHS_MIN)} min, REM periods, and "
            f"{len(ERRORS) * len(STAYS)} hidden Markov smoothers, each with "
            f"{', '.join(WEIGHTS)}. Choice by the weaker of the two correlations."
        ),
        "",
        (
            "| chosen on | measure | experts | automatic | experts, other half "
            "| automatic, other half |"
        ),
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for words, first in (("even nights", 0), ("odd nights", 1)):
        half = np.arange(first, n_dod, 2), np.arange(first, n_boas, 2)
        chosen, rhos = search.choose_and_confirm(*half)
        for name, values in rhos.items():
            mark = " (chosen)" if name == chosen else ""
            cells = " | ".join(f"{value:.2f}" for value in values)
            lines.append(f"| {words} | {name}{mark} | {cells} |")
    rng = np.random.default_rng(1)
    gains: dict[str, list[float]] = {"chosen": [], ADOPTED: []}
    for _ in range(SPLITS):
        half = (
            rng.permutation(n_dod)[: n_dod // 2],
            rng.permutation(n_boas)[: n_boas // 2],
        )
        chosen, rhos = search.choose_and_confirm(*half)
        base = min(rhos[INCUMBENT][2:])
        gains["chosen"].append(min(rhos[chosen][2:]) - base)
        gains[ADOPTED].append(min(rhos[ADOPTED][2:]) - base)
    lines.append("")
    for name, values in gains.items():
        low, high = np.quantile(values, (0.05, 0.95))
        lines.append(
            f"- Over {SPLITS} random halves, {name} against {INCUMBENT}, weaker rho on "
            f"the other half: {np.mean(values):+.2f} on average ({low:+.2f} to "
            f"{high:+.2f} in nine of ten), better in "
            f"{np.mean(np.array(values) > 0):.0%}."
        )
    return "\n".join(lines)
