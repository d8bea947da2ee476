"""The catalogue of metrics as a table and as the page docs/metrics.md."""

import math
from collections.abc import Iterable

import pandas as pd

from psgkit.domain.metrics import Metric
from psgkit.measure.catalogue.lookup import ALL_METRICS
from psgkit.measure.catalogue.own_rows import own_rows

_INTRODUCTION = """\
# The metrics

Generated from the catalogue by `scripts/make_docs.py`; do not edit.

One row of a night's summary holds these columns. NaN is an undefined number; the HDF5
file has the reason. Zero means that nothing was found. *Experts* and *automatic* are
Spearman's rho between nights: of five experts pairwise, and of an automatic scoring
against experts. *Tier* is primary from 0.65 in both, secondary from 0.5, else
exploratory; unrated if it was not measured. `docs/reliability.md` has the measurements.
These are measures of the sleep EEG, not a diagnosis.

## Rules for all numbers

- The window runs from lights-off to lights-on, in whole epochs. If one of them is
  unknown, the edge of the scoring replaces it, and numbers that need it are NaN.
- Artefact and unscored epochs are neither sleep nor wake. One or two of them between
  equal stages are bridged. A longer run, or one between different stages, ends the bout
  as censored and counts as no transition.
- `_b2m` bridges breaks of REM of up to 2 min, `_b6m` of up to 6 min. Bridging changes
  lengths of bouts only, not minutes, percentages or hours.
- Indices of the night need 180 min of sleep; rates of a stage need 10 min of it.
- Shares of epochs that keep a stage, shifts and entropy depend on the epoch length. Do
  not pool nights of different epoch lengths.
- With automatic staging some columns have an interval, `low` to `high`: the value by
  experts' scoring is probably in it. `docs/reliability.md` says how often it is.

## Choices where the sources are silent

- `fwt_min` is NaN if lights-on is unknown. It counts W only.
- `waso_aasm_min` counts the epochs of W from sleep onset to lights-on.
- `rem_eff_pct` and `rem_frag_per_h` use all REM periods. `remp_n` and `remp_mean_min` use
  those of 5 min or more. A break with any W counts as `_w`.
- The longest bout of an absent stage is NaN.
- The first third of the sleep period holds the epochs whose middle is in it.
- A REM period closes a cycle only after 15 min of NREM sleep. After 15 min of W and N1
  the next cycle starts at the first N2 or N3. `n3_c1_min` uses the first cycle with 15 min
  of NREM sleep, complete or not, and needs a REM period in the night.
- Sleep to W in the fragmentation indices counts W after artefact. Other shifts need both
  stages side by side or bridged.
- `rem_s5_frac`, `rem_s10_frac` and `sleep_s10_frac` are shares of longer bouts. Bouts at
  the window's edge or before unscored time are censored. Under five bouts give NaN.
- Exits from a stage per hour of it count over the whole window. `shift_per_h`,
  `stay_…_frac`, entropy and the fragmentation indices count over the sleep period.
- The cause of an arousal is the scorer's word. Without it: a breathing event during
  the arousal's start or up to 5 s before; else a limb movement that overlaps or is less
  than 0.5 s apart; else snoring. In three nights of the NSRR, 85 of 304 arousals start
  within 5 s after an apnoea or hypopnoea, and 24 more during one.
- `ari_resp_per_h`, `ari_limb_per_h` and `ari_snore_per_h` are NaN if neither events of
  the cause nor causes of arousals were scored. `ari_spont_per_h` is NaN if neither
  breathing events nor causes were scored. If limb movements were not scored, their
  arousals count as spontaneous.
- An index of events is NaN, not 0, if a name of an event was not understood.
- `soremp` is NaN, not 0, if sleep began before the scoring and lights-off is unknown.
- Breathing events, desaturations and limb movements count if they start in sleep.

## Columns

`{chan}` stands for each EEG channel by its role (`C4_M1`), `{stage}` for each stage.
`docs/spectra.md` says how they are computed.
"""


def data_dictionary(metrics: Iterable[Metric] | None = None) -> pd.DataFrame:
    """Return the meaning and the reliability of every column.

    Parameters
    ----------
    metrics : iterable of Metric, optional
        By default psgkit's, and those that users declared.

    Returns
    -------
    pandas.DataFrame
        Columns ``name, unit, meaning, source, experts, automatic, tier``, in the order
        of the catalogue; rho is NaN where it was not measured.
    """
    rows = []
    for metric in (*ALL_METRICS, *own_rows().values()) if metrics is None else metrics:
        worth = metric.reliability
        words = (metric.column, metric.unit, metric.meaning, metric.source)
        rows.append((*words, worth.experts, worth.automatic, worth.tier.value))
    columns = ["name", "unit", "meaning", "source", "experts", "automatic", "tier"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"experts": float, "automatic": float})


def metrics_markdown() -> str:
    """Return the page docs/metrics.md."""
    lines = [
        "| column | unit | meaning | source | experts | automatic | tier |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in data_dictionary(ALL_METRICS).itertuples(index=False):
        rhos = ("" if math.isnan(rho) else f"{rho:.2f}" for rho in (row[4], row[5]))
        cells = (f"`{row[0]}`", *row[1:4], *rhos, row[6])
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join([_INTRODUCTION, *lines, ""])
