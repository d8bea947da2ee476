"""The catalogue in words: as a table, and as the page docs/metrics.md."""

import math
from collections.abc import Iterable

import pandas as pd

from psgkit.domain.metrics import Metric
from psgkit.measure.catalogue.lookup import ALL_METRICS

_INTRODUCTION = """\
# The metrics

Generated from the catalogue by `scripts/make_docs.py`; do not edit.

One row of a night's summary holds these columns. NaN is what a night does not have,
with the reason beside it in the HDF5 file; zero is what was counted and found to be
none. *Experts* and *automatic* are Spearman's rho between nights, of five experts
pairwise and of an automatic scoring against experts; *tier* follows from them: primary
from 0.65 in both, secondary from 0.5, else exploratory, unrated where it could not be
measured. `docs/reliability.md` has the measurements. These are sleep EEG measures and
no diagnosis.

## Rules that hold for all

- The window reaches from lights-off to lights-on, rounded to whole epochs. Where one of
  them is not known, what needs it is NaN, and the scoring's own edge is the window's.
- Artefact and unscored epochs are neither sleep nor wake. Up to two of them between
  equal stages are bridged; a longer run, or one between different stages, censors the
  bout before it and makes no transition. For NREM and for sleep as wholes "equal" means
  both NREM, both sleep.
- `_b2m` fills every interruption of REM of at most 2 min, `_b6m` of at most 6 min.
  Filling changes the lengths of bouts alone: minutes, percentages and hours are of R as
  scored.
- Nightly indices need 180 min of sleep, rates of a stage 10 min of it.
- Shares of epochs that a stage keeps depend on the length of an epoch, as do shifts and
  entropy. Nights of different epoch lengths are not to be pooled.

- With automatic staging some columns carry an interval, `low` to `high`, within which
  experts' scoring would probably put the value; `docs/reliability.md` says how often it
  does. For N3 minutes and percent it is the 95 % limits of agreement.

## Where the catalogue decides what its sources leave open

- `fwt_min` is NaN where lights-on is not known, and counts W alone.
- `waso_aasm_min` counts the epochs of W from onset to lights-on; time in bed less
  latency, sleep and unscored time would take unscored time before onset off twice.
- `rem_eff_pct` and `rem_frag_per_h` look at all REM periods, the first and a cut last
  one even below 5 min; `remp_n` and `remp_mean_min` only at those of 5 min. An
  interruption with W anywhere in it counts as `_w`, one without any scored epoch as none.
- The length of the longest bout of a stage that is absent is NaN.
- The first third of the sleep period holds the epochs whose middle lies in it.
- A REM period without 15 min of NREM sleep before it, as at sleep onset, closes no
  cycle. After 15 min of W and N1 the next cycle starts at N2, or at N3 where that comes
  first. `n3_c1_min` looks at the first cycle with 15 min of NREM sleep even if it is
  incomplete, and needs a REM period somewhere in the night.
- Sleep to W, in the fragmentation indices, counts W that follows sleep after artefact;
  every other shift needs both stages side by side or bridged.
- `rem_s5_frac`, `rem_s10_frac`, `sleep_s10_frac`: share of bouts that last longer than
  that. Bouts at the window's edge or before unscored time are censored; under five
  bouts give NaN.
- Exits from a stage per hour of it are of the whole window, the final awakening and wake
  before sleep included; `shift_per_h`, `stay_…_frac`, entropy and the fragmentation
  indices are of the sleep period.
- The cause of an arousal is the scorer's own word for it; else the apnoea, hypopnoea,
  RERA or flow limitation in which it begins or that ended within the 5 s before; else
  the limb movement that overlaps it or is less than 0.5 s apart; else snoring. An event
  that ends before the arousal alone would not do: of 304 arousals in three nights of the
  NSRR 85 come within 5 s of the end of an apnoea or hypopnoea and 24 more begin during
  one, most in its last two seconds.
- `ari_resp_per_h`, `ari_limb_per_h` and `ari_snore_per_h` are NaN where events of the
  cause were not scored and no arousal's name gives it. `ari_spont_per_h` is NaN unless
  breathing events were scored or names give causes; where limb movements were not
  scored, arousals by limb movements are among the spontaneous ones.
- Where events have names that psgkit does not know, no index of events is 0: it is NaN.
- `soremp` is NaN, not 0, where sleep began before the scoring and lights-off is not known.
- Breathing events, desaturations and limb movements count where their onset lies in an
  epoch of sleep.

## Columns

Where `{chan}` and `{stage}` stand in a column, there is one for every EEG channel, named
by its role (`C4_M1`), and every stage; `docs/spectra.md` says how they are computed.
"""


def data_dictionary(
    metrics: Iterable[Metric] = ALL_METRICS,
) -> pd.DataFrame:
    """Return what every column means and is worth.

    Returns
    -------
    pandas.DataFrame
        Columns ``name, unit, meaning, source, experts, automatic, tier``, in the order
        of the catalogue; rho is NaN where it was not measured.
    """
    rows = []
    for metric in metrics:
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
    for row in data_dictionary().itertuples(index=False):
        rhos = ("" if math.isnan(rho) else f"{rho:.2f}" for rho in (row[4], row[5]))
        cells = (f"`{row[0]}`", *row[1:4], *rhos, row[6])
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join([_INTRODUCTION, *lines, ""])
