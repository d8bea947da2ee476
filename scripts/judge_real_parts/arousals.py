"""Arousals of every detector against an expert's, event by event and as indices."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from judge_real_parts.detectors import Find, ask, bare
from judge_real_parts.matching import f1, match
from judge_real_parts.nights import LeftOut, TruthNight

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure import measure_scoring
from psgkit.measure.events.arousal_causes import EVENTS_OF_CAUSE, find_causes
from psgkit.measure.stages.evidence import Evidence
from psgkit.stage.number_agreement import MIN_NIGHTS, icc_2_1

INDICES = ("ari_per_h", "ari_nrem_per_h", "rem_ari_per_h")
WHOLE_CHAIN = "psgkit, own stages"
ANOTHER_EXPERT = "another expert"
AFTER_BREATHING_S = 10.0  # as the PhysioNet Challenge of 2018 leaves out
PHASES = {"NREM": (Stage.N1, Stage.N2, Stage.N3), "REM": (Stage.R,)}


@dataclass
class ArousalTally:
    """Events and indices, gathered night by night.

    Attributes
    ----------
    events : list of dict
        A row an event: ``night``, ``detector``, ``side`` (``expert`` or ``found``),
        ``stage``, ``cause`` and ``has_partner``.
    nights : list of dict
        A row a night and detector: its indices and the expert's.
    """

    events: list[dict[str, object]] = field(default_factory=list)
    nights: list[dict[str, object]] = field(default_factory=list)

    def add(
        self, night: TruthNight, detector: str, found: Scoring, expert: Scoring
    ) -> None:
        """Match what a detector found in a night with the expert's arousals."""
        theirs, ours = _arousals(expert), _arousals(found)
        is_whole = night.files.breathing_arousals_marked
        if not is_whole:
            ours = ours[~_at_breathing(ours, expert)]
        if theirs["end_s"].isna().any():
            hit = caught = None
        else:
            hit, caught = match(
                ours[["onset_s", "end_s"]].to_numpy(float),
                theirs[["onset_s", "end_s"]].to_numpy(float),
            )
        for side, table, partners in (
            ("expert", theirs, caught),
            ("found", ours, hit),
        ):
            rows = table.assign(
                night=night.id,
                detector=detector,
                side=side,
                has_partner=np.nan if partners is None else partners,
            )
            self.events += rows.to_dict("records")
        own, other = (
            measure_scoring(scoring) if is_whole else dict.fromkeys(INDICES, np.nan)
            for scoring in (found, expert)
        )
        self.nights.append(
            {
                "night": night.id,
                "subject": night.files.subject,
                "detector": detector,
                **{name: own[name] for name in INDICES},
                **{f"expert_{name}": other[name] for name in INDICES},
            }
        )


def judge_night(
    night: TruthNight,
    own: Scoring,
    asked: Mapping[str, Find],
    spindles: pd.DataFrame | None,
    tally: ArousalTally,
    left_out: LeftOut,
) -> None:
    """Ask every detector for the arousals of a night.

    Parameters
    ----------
    night : TruthNight
    own : Scoring
        psgkit's own stages and arousals: the whole chain.
    asked : mapping of str to callable
        The detectors; they are given the expert's stages where there are any.
    spindles : pandas.DataFrame or None
        Which the rules do not take for arousals.
    tally : ArousalTally
    left_out : LeftOut
    """
    if night.expert.arousals is None:
        left_out.add(night.id, "arousals were not scored")
        return
    expert = on_stages(night.expert, own)
    for name, find in asked.items():
        found = ask(find, night, bare(expert), spindles)
        if isinstance(found, str):
            left_out.add(f"{night.id}, {name}", found)
        else:
            tally.add(night, name, found, expert)
    if own.arousals is not None:
        tally.add(night, WHOLE_CHAIN, own, expert)
    for other in night.experts[1:]:
        if other.arousals is not None:
            tally.add(night, ANOTHER_EXPERT, on_stages(other, own), expert)


def on_stages(expert: Scoring, own: Scoring) -> Scoring:
    """Return the expert's scoring; over psgkit's stages where it has none."""
    if expert.has_stages:
        return expert
    return replace(bare(own), events=expert.events, kinds_scored=expert.kinds_scored)


def _arousals(scoring: Scoring) -> pd.DataFrame:
    """Return the arousals that begin in sleep, each with its stage and cause."""
    evidence = Evidence.of(scoring)
    caused = find_causes(evidence)
    if isinstance(caused, Undefined):
        return pd.DataFrame(columns=["onset_s", "end_s", "stage", "cause"])
    marks = caused.marks
    table = pd.DataFrame(
        {
            "onset_s": evidence.start_s + marks.onsets_s,
            "end_s": evidence.start_s + marks.ends_s,
            "stage": [Stage(int(code)).name for code in marks.stages],
            "cause": np.where(caused.causes == "", "none named", caused.causes),
        }
    )
    return table[marks.stages > 0].reset_index(drop=True)


def _at_breathing(arousals: pd.DataFrame, expert: Scoring) -> np.ndarray:
    """Tell which arousals begin in a breathing event or within 10 s after its end."""
    events = expert.events_of(EVENTS_OF_CAUSE["respiratory"])
    onsets = events["onset_s"].to_numpy(float)
    ends = onsets + np.nan_to_num(events["duration_s"].to_numpy(float))
    begins = arousals["onset_s"].to_numpy(float)[:, None]
    return ((begins >= onsets) & (begins <= ends + AFTER_BREATHING_S)).any(axis=1)


# Tables -----------------------------------------------------------------------------
def overall(tally: ArousalTally) -> pd.DataFrame:
    """Return a row a detector: events, F1 and index against the expert's."""
    events, nights = pd.DataFrame(tally.events), pd.DataFrame(tally.nights)
    rows = {}
    for detector, part in nights.groupby("detector", sort=False):
        own = events[events["detector"] == detector]
        rows[detector] = {
            "nights": part["night"].nunique(),
            **_scores(own),
            "F1, median night": _median_f1(own),
            **_index_scores(part),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("detector")


def by_stage(tally: ArousalTally) -> pd.DataFrame:
    """Return F1 by detector, in NREM and REM sleep and each stage."""
    events = pd.DataFrame(tally.events)
    phases = PHASES | {stage.name: (stage,) for stage in (Stage.N1, Stage.N2, Stage.N3)}
    rows = {}
    for detector, part in events.groupby("detector", sort=False):
        rows[detector] = {
            name: _scores(part[part["stage"].isin([s.name for s in stages])])["F1"]
            for name, stages in phases.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("detector")


def by_cause(tally: ArousalTally) -> pd.DataFrame:
    """Return the share of the expert's arousals that each detector finds, by cause."""
    events = pd.DataFrame(tally.events)
    theirs = events[events["side"] == "expert"]
    table = theirs.pivot_table(
        index="detector",
        columns="cause",
        values="has_partner",
        aggfunc=lambda flags: flags.astype(float).mean(),
        sort=False,
    )
    first = theirs[theirs["detector"] == theirs["detector"].iloc[0]]
    counts = first["cause"].value_counts()
    return table.rename(columns=lambda cause: f"{cause} (n = {counts.get(cause, 0)})")


def _scores(events: pd.DataFrame) -> dict[str, float]:
    flags = events["has_partner"].astype(float)
    is_expert = (events["side"] == "expert").to_numpy()
    caught, hit = flags[is_expert].sum(), flags[~is_expert].sum()
    n_expert, n_found = int(is_expert.sum()), int((~is_expert).sum())
    if flags.isna().any():
        caught = hit = np.nan
    return {
        "expert's": n_expert,
        "found": n_found,
        "F1": f1((caught + hit) / 2, n_found, n_expert),
        "precision": hit / n_found if n_found else np.nan,
        "recall": caught / n_expert if n_expert else np.nan,
    }


def _median_f1(events: pd.DataFrame) -> float:
    nights = [_scores(part)["F1"] for _, part in events.groupby("night")]
    return float(pd.Series(nights, dtype=float).median())


def _index_scores(nights: pd.DataFrame) -> dict[str, float]:
    pairs = nights[["ari_per_h", "expert_ari_per_h"]].astype(float).dropna()
    error = pairs["ari_per_h"] - pairs["expert_ari_per_h"]
    is_enough = len(pairs) >= MIN_NIGHTS
    return {
        "expert's index": float(pairs["expert_ari_per_h"].mean()),
        "index off by": float(error.mean()),
        "absolute": float(error.abs().mean()),
        "ICC": icc_2_1(pairs.to_numpy(float)) if is_enough else np.nan,
    }
