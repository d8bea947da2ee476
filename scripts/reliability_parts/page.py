"""The page docs/reliability.md, from what `reliability.py` measured."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from reliability_parts.rem_search import ADOPTED, Search, search_report
from reliability_parts.staging_errors import N_BLOCKS, Interval
from rem_bench import bench_table

from psgkit.domain.metrics import Reliability

# What a plain script measured before this project had one: experts, automatic.
EARLIER = {
    "rem_min": (0.88, 0.68),
    "remp_n": (0.83, 0.77),
    "remp_mean_min": (0.75, 0.74),
    "remp1_lat_min": (0.68, 0.73),
    "rem_lat_min": (0.69, 0.52),
    "n3_min": (0.43, 0.75),
    "n3_bout_max_min": (0.26, 0.63),
    "shift_per_h": (0.52, 0.47),
    "rem_bout_n_raw": (0.65, 0.24),
    "rem_wmean_min_raw": (0.57, 0.44),
    "rem_wmean_min_b2m": (0.76, 0.68),
    "rem_bout_max_min_b2m": (0.81, 0.69),
    "rem_frag_per_h": (0.39, 0.21),
    "rem_eff_pct": (0.43, 0.14),
}
WHY = {
    "n3_bout_max_min": "Nights without N3 have no longest N3 bout here and are left "
    "out, and artefact within N3 is bridged; zeros and no bridging give 0.26 and 0.63.",
    "shift_per_h": "Changes to and from artefact are no shifts here; counted, "
    "automatic is 0.46.",
    "rem_bout_n_raw": "Up to two artefact epochs within REM are bridged here; not "
    "bridged, automatic is 0.24.",
    "rem_frag_per_h": "Short artefact within REM is no interruption here, and the "
    "first period counts below 5 min too; otherwise 0.39 and 0.21.",
    "rem_eff_pct": "The first REM period and a cut last one count below 5 min too; "
    "otherwise 0.43 and 0.14.",
}


def show_rho(rho: float) -> str:
    """Show a correlation, nothing where there is none."""
    return "" if np.isnan(rho) else f"{rho:.2f}"


def _tier(row: pd.Series) -> str:
    experts, automatic = (
        None if np.isnan(row[name]) else round(row[name], 2)
        for name in ("experts", "automatic")
    )
    return Reliability(experts, automatic).tier.value


def columns_table(rated: pd.DataFrame) -> str:
    """Return every column's figures in Markdown."""
    lines = [
        (
            "| column | unit | tier | experts rho | nights | experts ± | automatic rho "
            "| nights | bias | limits of agreement |"
        ),
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in rated.iterrows():
        lines.append(
            f"| `{name}` | {row['unit']} | {_tier(row)} | {show_rho(row['experts'])} "
            f"| {row['experts_nights']} | {row['experts_loa']:.3g} "
            f"| {show_rho(row['automatic'])} | {row['automatic_nights']} "
            f"| {row['bias']:.3g} | {row['low']:.3g} to {row['high']:.3g} |"
        )
    return "\n".join(lines)


def earlier_table(rated: pd.DataFrame) -> str:
    """Return the comparison with the earlier measurement in Markdown."""
    lines = [
        "| column | experts | earlier | automatic | earlier | why they differ |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, (experts, automatic) in EARLIER.items():
        row = rated.loc[name]
        now = round(row["experts"], 2), round(row["automatic"], 2)
        why = "" if now == (experts, automatic) else WHY.get(name, "?")
        lines.append(
            f"| `{name}` | {now[0]:.2f} | {experts:.2f} | {now[1]:.2f} "
            f"| {automatic:.2f} | {why} |"
        )
    return "\n".join(lines)


def intervals_table(
    intervals: dict[str, Interval],
) -> str:
    """Return the intervals' coverage in Markdown."""
    lines = [
        (
            "| column | nights | scale | from | to | median width | held | "
            "lowest third | middle | highest | shipped |"
        ),
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, one in intervals.items():
        error, coverage = one.error, one.coverage
        held = " | ".join(f"{share:.0%}" for share in coverage[1:])
        shipped = "interval" if one.is_honest else "limits of agreement"
        lines.append(
            f"| `{name}` | {one.nights} | {error.scale} | {error.low:+.3g} "
            f"| {error.high:+.3g} | {one.width:.3g} | {coverage[0]:.0%} "
            f"| {held} | {shipped} |"
        )
    return "\n".join(lines)


PAGE = """\
# What the numbers are worth

Written by `scripts/reliability.py`; do not edit. Spearman's rho says how far two
scorings of the same nights put the nights in the same order. *Experts*: {dod} DOD-O
nights (healthy sleepers and sleep apnoea), five experts, median of their ten pairs{further}.
*Automatic*: {boas} BOAS nights, a program's staging against the consensus of three
experts; it is not the stager that psgkit uses, so it stands in until a laboratory
compares its own with `psgkit compare`. Only nights with at least {rem} min of R in every
scoring count, and of those the ones where both scorings define the column; fewer than
{fewest} give no rho. The whole file is the time in bed.

Tiers: primary from 0.65 in both, secondary from 0.5, else exploratory, unrated without
two figures. A rho from {dod} or {boas} nights has a standard error of about 0.1 at 0.5
and 0.05 at 0.8, so that columns near a limit could be in the next tier. DOD-O is where
N3 is scarce and apnoea common, which is why experts agree so poorly on it there.

## Every column

*Experts ±*: 95 % limits of agreement between two experts, neither of whom is right.
*Bias* and *limits of agreement*: automatic less experts, 95 %, in the column's unit.

{columns}

## The table that came before

An earlier plain script measured some columns; the same nights, found again by the same
rule; where the figures differ, why:

{earlier}

## How far staging error may move a number

For automatic staging, the columns below carry an interval meant to hold what experts
would have scored in nine nights of ten: the order statistics of experts less automatic
over all BOAS nights that define the column, on a plain or a square-root scale, whichever
gave the smaller interval score. No epochs are drawn at random, which would invent
fragmentation. *Held*: coverage on people left out, each of {blocks} blocks of nights
looked at with what all others fit, scale included; the files do not say which nights
are one person's, so that nights with neighbouring numbers stay together. With {nights}
nights a coverage of 90 % is known to about 7 points, that of a third to about 13.
Shipped where it holds at least 85 % overall and 80 % in each third of the automatic
values; else limits of agreement are. The intervals are wide, because single nights of
automatic staging are that uncertain; and they are of healthy volunteers and another
stager: for patients they are too narrow. On the DOD-O nights, where apnoea is common, the
interval shipped for N3 minutes was put around one expert's minutes. It holds the median
of the other four experts in {n3_held:.0f} % of the nights, in place of 90 %.

{intervals}

## The search for a steadier measure of REM continuity

{search}

The measure "{adopted}" keeps the definition of the primary measure and only widens the
bridge; it is given as `rem_wmean_min_b6m`. It is blind to interruptions of up to 6 min,
and 6 rather than 5 or 8 min owes something to these nights, since all of them were
looked at before it was adopted. The primary measure stays what it was, so that studies
stay comparable.

## What missed epochs do

Four perfect REM periods (10 to 30 min), each R epoch lost with probability p
(`scripts/rem_bench.py`):

{bench}

The earlier table of this bench had 10.8, 6.1 and 3.2 min for the median bout and 82, 57
and 27 % in long bouts: fewer nights were drawn.
"""


def _set_in_words(name: str, nights: Any) -> str:
    scored = nights.with_rem().scorings
    return f"; {len(scored[0])} nights of {name}, {len(scored)} scorers; a set counts by its nights"


def make_page(
    rated: pd.DataFrame,
    intervals: dict[str, Interval],
    search: Search,
    *,
    n_boas: int,
    min_rem_min: float,
    min_nights: int,
    n3_held: float,
    further: Mapping[str, Any],
) -> str:
    """Return the page.

    Parameters
    ----------
    rated : DataFrame
        A row a column of the catalogue.
    intervals : dict of str to Interval
    search : Search
        Candidates of the nights that were rated.
    n_boas : int
        Number of nights that the intervals were fitted to.
    min_rem_min, min_nights : float, int
        Which nights and columns were rated.
    n3_held : float
        How often the interval of N3 minutes held on nights of other people.
    further : dict of str to Nights
        Further sets of nights with several scorers, by name.
    """
    n_experts, n_automatic = search.sizes
    return PAGE.format(
        dod=n_experts,
        boas=n_automatic,
        rem=min_rem_min,
        fewest=min_nights,
        columns=columns_table(rated),
        earlier=earlier_table(rated),
        blocks=N_BLOCKS,
        nights=n_boas,
        intervals=intervals_table(intervals),
        search=search_report(search),
        adopted=ADOPTED,
        bench=bench_table(),
        n3_held=100 * n3_held,
        further="".join(_set_in_words(*each) for each in further.items()),
    )
