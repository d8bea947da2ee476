"""How far two scorings of one night agree: epochs, and arousals as events.

Epochs are compared with YASA's `EpochByEpochAgreement` (Menghini et al. 2021): those
that either scorer left unscored or called artefact count neither way. Macro F1 is the
mean of the F1 of the stages that occur in either scoring, for YASA's own ``f1`` is
weighted by their frequency. Epochs of different lengths are compared on their common
grid. A stage's kappa is for "this stage or another".
Arousals match one to one where they overlap by at least a fifth of their union
(`yasa.compare_detection`).
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.scoring import SCORED_STAGES, Scoring
from psgkit.errors import ScoringMismatch
from psgkit.stage.pairing import ScoringPair, pair_scorings

IOU_THRESHOLD = 0.2
# Two scorers of one night agree better; two nights of one person hardly more.
OTHER_NIGHT_KAPPA = 0.2
_STAGE_NAMES = [stage.name for stage in SCORED_STAGES]
_REFERENCE, _TEST = "reference", "test"

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ArousalAgreement:
    """Arousals of two scorings of one night, matched.

    Attributes
    ----------
    test_n, reference_n : int
        Arousals within the time that both scored.
    precision, recall, f1 : float
        Of the test's arousals against the reference's; NaN if the reference has
        no arousal, or if a file does not give their lengths.
    kappa : float
        Of "an arousal starts in this epoch"; NaN where neither has an arousal.

    Examples
    --------
    >>> import psgkit
    >>> stages = ["N2"] * 4
    >>> mine = psgkit.Scoring.from_stages(stages, arousals=[(10, 5), (70, 4)])
    >>> yours = psgkit.Scoring.from_stages(stages, arousals=[(11, 5)])
    >>> found = psgkit.compare_scorings(mine, yours).arousals
    >>> found.precision, found.recall
    (0.5, 1.0)
    """

    test_n: int
    reference_n: int
    precision: float
    recall: float
    f1: float
    kappa: float


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Agreement of two scorings of one night.

    Attributes
    ----------
    epochs_n : int
        Epochs that both scored as a stage.
    left_out_n : int
        Epochs that only one of them has, or that either called artefact or left
        unscored.
    epoch_s : float
        Length of an epoch of the grid on which they were compared.
    hours : (float, float)
        How long the test and the reference are.
    accuracy, kappa, macro_f1, mcc : float
        Fractions; kappa and mcc are NaN where both saw one stage alone.
    stages : pandas.DataFrame
        One row per stage, W N1 N2 N3 R: ``reference_n``, ``test_n``, ``precision``,
        ``recall``, ``f1``, ``kappa``.
    confusion : pandas.DataFrame, shape (5, 5)
        Epochs; the reference's stages as rows, the test's as columns.
    arousals : ArousalAgreement or None
        None where either did not score arousals.

    Examples
    --------
    >>> import psgkit
    >>> mine = ["W", "N1", "N2", "N2", "R", "R"]
    >>> yours = ["W", "N2", "N2", "N2", "R", "R"]
    >>> agreement = psgkit.compare_scorings(mine, yours)
    >>> agreement.epochs_n, int(agreement.confusion.loc["N2", "N1"])
    (6, 1)
    """

    epochs_n: int
    left_out_n: int
    epoch_s: float
    hours: tuple[float, float]
    accuracy: float
    kappa: float
    macro_f1: float
    mcc: float
    stages: pd.DataFrame
    confusion: pd.DataFrame
    arousals: ArousalAgreement | None

    @property
    def macro_f1_stages(self) -> tuple[str, ...]:
        """The stages that either scoring has, over which macro F1 is the mean."""
        occurs = (self.stages["reference_n"] + self.stages["test_n"]) > 0
        return tuple(str(stage) for stage in self.stages.index[occurs])

    @property
    def doubt(self) -> str:
        """Ask whether the two are of one night, where they look like two; else empty."""
        test_h, reference_h = self.hours
        is_longer = abs(test_h - reference_h) * 3600 > self.epoch_s
        if not (is_longer and self.kappa < OTHER_NIGHT_KAPPA):
            return ""
        return (
            f"Are these the same night? They last {test_h:.2f} and {reference_h:.2f} h, "
            f"and kappa is {self.kappa:.2f}."
        )

    @property
    def numbers(self) -> pd.Series:
        """All of it as one row: ``accuracy``, ``kappa_n1``, ``arousal_f1`` and so on."""
        row: dict[str, float] = {
            "epochs_n": self.epochs_n,
            "accuracy": self.accuracy,
            "kappa": self.kappa,
            "macro_f1": self.macro_f1,
            "mcc": self.mcc,
        }
        for name in ("kappa", "f1"):
            column = self.stages[name].to_numpy(dtype=float)
            for stage, value in zip(_STAGE_NAMES, column, strict=True):
                row[f"{name}_{stage.lower()}"] = float(value)
        for name in ("precision", "recall", "f1", "kappa"):
            told = math.nan if self.arousals is None else getattr(self.arousals, name)
            row[f"arousal_{name}"] = told
        return pd.Series(row, dtype=float)


def compare_scorings(test: object, reference: object) -> Agreement:
    """Compare two scorings of one night.

    Parameters
    ----------
    test, reference : Scoring, str, Path, yasa.Hypnogram, mne.Annotations or sequence
        Anything that `Scoring.of` takes, of the same night. They are aligned with each
        other by the clock where both have one, else second zero on second zero.

    Returns
    -------
    Agreement

    Raises
    ------
    ScoringMismatch
        If no common epoch fits into theirs, or both scored no epoch.

    Examples
    --------
    >>> import psgkit
    >>> mine = ["W", "N1", "N2", "N2", "R", "R"]
    >>> yours = ["W", "N2", "N2", "N2", "R", "R"]
    >>> agreement = psgkit.compare_scorings(mine, yours)
    >>> round(agreement.accuracy, 2)
    0.83
    """
    pair = Scoring.of(test), Scoring.of(reference)
    return compare_many({"": pair})[""]


def compare_many(
    pairs: Mapping[str, tuple[Scoring, Scoring]],
) -> dict[str, Agreement]:
    """Compare the two scorings of each of many nights; see `compare_scorings`.

    Parameters
    ----------
    pairs : mapping of str to (Scoring, Scoring)
        Test and reference of each night.

    Returns
    -------
    dict of str to Agreement
    """
    laid = {night: pair_scorings(*pair) for night, pair in pairs.items()}
    for night, pair in laid.items():
        if not pair.both_scored.any():
            named = f" of {night}" if night else ""
            raise ScoringMismatch(f"The two scorings{named} have no epoch in common.")
    by_length: dict[float, list[str]] = {}
    for night, pair in laid.items():
        by_length.setdefault(pair.epoch_s, []).append(night)
    found: dict[str, Agreement] = {}
    for nights in by_length.values():
        found |= _agreements({night: laid[night] for night in nights}, pairs)
    return {night: found[night] for night in pairs}


def _agreements(
    laid: dict[str, ScoringPair], pairs: Mapping[str, tuple[Scoring, Scoring]]
) -> dict[str, Agreement]:
    """Compare nights of one epoch length."""
    import sklearn.metrics as skm  # noqa: PLC0415 - costs seconds
    import yasa  # noqa: PLC0415 - costs seconds

    # by position: pandas cuts names off where they hold a NUL
    ebe = yasa.EpochByEpochAgreement(
        [pair.hypnogram(pair.reference, _REFERENCE) for pair in laid.values()],
        [pair.hypnogram(pair.test, _TEST) for pair in laid.values()],
    )
    with warnings.catch_warnings():
        # nights of one stage are allowed
        warnings.filterwarnings("ignore", "A single label was found", UserWarning)
        overall = ebe.get_agreement(
            # YASA's default scorers warn of stages that one scorer never used
            scorers={
                "accuracy": lambda t, p, _: skm.accuracy_score(t, p),
                "mcc": lambda t, p, _: skm.matthews_corrcoef(t, p),
            }
        )
        by_stage = ebe.get_agreement_bystage()
    agreements = {}
    for number, (night, pair) in enumerate(laid.items(), start=1):
        is_only = len(laid) == 1
        row = overall if is_only else overall.loc[number]
        rows = by_stage if is_only else by_stage.xs(number, level="sleep_id")
        confusion = _confusion(pair)
        stages = _stage_table(rows, confusion, pair)
        kappa = _kappa(*pair.scored)
        present = (stages["reference_n"] + stages["test_n"]) > 0
        test, reference = pairs[night]
        agreements[night] = Agreement(
            epochs_n=int(pair.both_scored.sum()),
            left_out_n=int((~pair.both_scored).sum()),
            epoch_s=pair.epoch_s,
            hours=(
                test.n_epochs * test.epoch_s / 3600,
                reference.n_epochs * reference.epoch_s / 3600,
            ),
            accuracy=float(row["accuracy"]),
            kappa=kappa,
            macro_f1=float(stages.loc[present, "f1"].mean()),
            mcc=math.nan if math.isnan(kappa) else float(row["mcc"]),
            stages=stages,
            confusion=confusion,
            arousals=compare_arousals(*pairs[night], pair),
        )
    return agreements


def compare_arousals(
    test: Scoring, reference: Scoring, pair: ScoringPair
) -> ArousalAgreement | None:
    """Match the arousals of two scorings; None where either did not score them."""
    if test.arousals is None or reference.arousals is None:
        return None
    spans = [
        pair.within(scoring.arousals, shift_s)
        for scoring, shift_s in ((test, pair.test_shift_s), (reference, 0.0))
        if scoring.arousals is not None
    ]
    starts = [pair.epochs_with(span[:, 0]) for span in spans]
    precision, recall, f1 = _match(*spans)
    return ArousalAgreement(
        test_n=len(spans[0]),
        reference_n=len(spans[1]),
        precision=precision,
        recall=recall,
        f1=f1,
        kappa=_kappa(starts[1], starts[0]),
    )


def _match(
    test: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    reference: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> tuple[float, float, float]:
    """Return precision, recall and F1 of spans (onset, end)."""
    import yasa  # noqa: PLC0415 - costs seconds

    if np.isnan(test).any() or np.isnan(reference).any():
        return math.nan, math.nan, math.nan
    if not len(test) or not len(reference):
        # nothing to find, or nothing found: a share of nothing is undefined
        is_wrong = len(test) + len(reference) > 0
        return (
            0.0 if len(test) else math.nan,
            0.0 if len(reference) else math.nan,
            0.0 if is_wrong else math.nan,
        )
    result = yasa.compare_detection(
        test, reference, method="intersection", iou_threshold=IOU_THRESHOLD
    )
    return float(result["precision"]), float(result["recall"]), float(result["f1"])


def _stage_table(
    by_stage: pd.DataFrame, confusion: pd.DataFrame, pair: ScoringPair
) -> pd.DataFrame:
    names = dict(zip(("WAKE", "N1", "N2", "N3", "REM"), _STAGE_NAMES, strict=True))
    table = by_stage.rename(index=names).reindex(_STAGE_NAMES)
    counts = confusion.to_numpy()
    return pd.DataFrame(
        {
            "reference_n": counts.sum(axis=1),
            "test_n": counts.sum(axis=0),
            "precision": table["precision"].to_numpy(dtype=float) / 100,
            "recall": table["recall"].to_numpy(dtype=float) / 100,
            "f1": _f1_of(counts),
            "kappa": [_kappa(*(own == n for own in pair.scored)) for n in range(5)],
        },
        index=pd.Index(_STAGE_NAMES, name="stage"),
    )


def _f1_of(counts: Counts) -> npt.NDArray[np.float64]:
    """Return the F1 of each stage; NaN where neither scoring has it."""
    marked = counts.sum(axis=0) + counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * np.diag(counts) / marked, dtype=np.float64)


def _confusion(pair: ScoringPair) -> pd.DataFrame:
    reference, test = pair.scored
    counts = np.zeros((5, 5), dtype=np.int64)
    np.add.at(counts, (reference.astype(int), test.astype(int)), 1)
    return pd.DataFrame(
        counts,
        index=pd.Index(_STAGE_NAMES, name=_REFERENCE),
        columns=pd.Index(_STAGE_NAMES, name=_TEST),
    )


def _kappa(reference: npt.NDArray[np.generic], test: npt.NDArray[np.generic]) -> float:
    """Return Cohen's kappa; NaN where both saw the same one thing throughout."""
    import sklearn.metrics as skm  # noqa: PLC0415 - costs seconds

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one stage throughout is allowed
        return float(skm.cohen_kappa_score(reference, test))
