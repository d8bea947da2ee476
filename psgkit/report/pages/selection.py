"""Which numbers a page shows first, which apart, and which it only counts."""

import math
from collections import defaultdict
from dataclasses import dataclass

from psgkit.domain.metrics import Measure, Tier
from psgkit.domain.night import Night

# Sections of a page and their columns, in order. One that turns out exploratory for
# its measured reliability is shown with the exploratory ones instead.
HEADLINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "REM continuity",
        (
            "rem_wmean_min_b2m",
            "rem_bout_max_min_b2m",
            "remp_n",
            "remp_mean_min",
        ),
    ),
    ("REM sleep", ("rem_min", "rem_pct", "rem_lat_min", "remp1_lat_min")),
    ("N3, deep sleep", ("n3_min", "n3_pct", "swa_uv2")),
    ("Arousals", ("ari_per_h", "ari_nrem_per_h", "rem_ari_per_h")),
    ("Sleep", ("tst_min", "se_pct", "sol_min", "waso_min")),
)

# Short names, for those who do not read column names.
LABELS: dict[str, str] = {
    "rem_wmean_min_b2m": "REM continuity, weighted mean bout",
    "rem_bout_max_min_b2m": "Longest REM bout",
    "remp_n": "REM periods",
    "remp_mean_min": "REM in a period, on average",
    "rem_min": "REM sleep",
    "rem_pct": "REM sleep, share",
    "rem_lat_min": "REM latency",
    "remp1_lat_min": "Latency of the first REM period",
    "n3_min": "N3 sleep",
    "n3_pct": "N3 sleep, share",
    "swa_uv2": "Slow-wave activity",
    "ari_per_h": "Arousal index",
    "ari_nrem_per_h": "Arousal index in NREM",
    "rem_ari_per_h": "Arousal index in REM",
    "tst_min": "Total sleep time",
    "se_pct": "Sleep efficiency",
    "sol_min": "Sleep latency",
    "waso_min": "Wake after sleep onset",
}

# Family of a column by what its name starts with; the longest that fits is taken.
FAMILIES: dict[str, tuple[str, ...]] = {
    "Sleep architecture": (
        *("unscored", "tib", "w_exit", "n1_exit", "n2_exit", "long_nrem", "c1_split"),
        *("tib_", "rec_", "spt_", "tst_", "se_", "sme_", "sol", "waso_", "fwt_"),
        *("awak_", "n1_", "n2_", "w_", "nrem_", "cycle_", "soremp", "remp1_lat"),
        *("rem_lat", "rem_min", "rem_pct", "sleep_", "trt_"),
    ),
    "REM continuity": ("rem_", "remp_", "last_remp"),
    "N3 and slow waves": ("n3_", "swa_", "swe_", "sw_"),
    "Arousals": ("ar_", "ari_", "rem_ari", "burst_"),
    "Fragmentation": ("sfi_", "shift_", "wake_bout", "sleep_run", "trans_", "stay_"),
    "Spectral power": ("bp_", "ap_", "delta_beta", "ad_"),
    "Spindles": ("sp_", "coup_"),
    "Infraslow sigma fluctuation": ("isf_",),
    "REM without atonia": ("rai", "rswa"),
    "Eye movements": ("rem_density", "sem_"),
    "Breathing, oxygen, limbs": ("ahi_", "odi", "plm", "t90_", "spo2"),
    "Heart": ("hr_", "rmssd", "hrv"),
    "Staging confidence": ("stage_conf", "lowconf", "hypnodensity", "staging_"),
    "Quality": (
        "main_sleep",
        "qc_",
        "lights_",
        "starts_",
        "ends_",
        "no_",
        "ar_calib",
        "ar_noise",
    ),
}
OTHER = "Other"


Families = dict[str, tuple[Measure, ...]]


@dataclass(frozen=True, slots=True)
class Selection:
    """A night's numbers; each that is defined stands in one place.

    Attributes
    ----------
    headlines : tuple of (str, tuple of Measure)
        Sections with their measures, undefined ones among them.
    exploratory_headlines : tuple of Measure
        Those that would be headlines, were they more reliable.
    reliable, exploratory, unrated : dict of str to tuple of Measure
        The others that are defined, by family.
    absent : dict of str to tuple of str
        Reason to the columns that are undefined for it.
    """

    headlines: tuple[tuple[str, tuple[Measure, ...]], ...]
    exploratory_headlines: tuple[Measure, ...]
    reliable: Families
    exploratory: Families
    unrated: Families
    absent: dict[str, tuple[str, ...]]

    @property
    def has_interval(self) -> bool:
        """Whether any number that is shown first has an interval."""
        shown = [m for _, found in self.headlines for m in found]
        return any(not math.isnan(m.low) for m in (*shown, *self.exploratory_headlines))


def select(night: Night) -> Selection:
    """Put each number of a night in its place."""
    by_name = {measure.name: measure for measure in night.results}
    sections = [
        (title, [by_name[name] for name in names if name in by_name])
        for title, names in HEADLINES
    ]
    named = [measure for _, found in sections for measure in found]
    used = {measure.name for measure in named}
    rest = [m for m in night.results if m.name not in used and not m.reason]
    absent: dict[str, list[str]] = defaultdict(list)
    for name, reason in night.reasons.items():
        absent[reason].append(name)
    return Selection(
        headlines=tuple(
            (title, shown)
            for title, found in sections
            if (shown := tuple(m for m in found if not _is_exploratory(m)))
        ),
        exploratory_headlines=tuple(m for m in named if _is_exploratory(m)),
        reliable=_by_family(rest, Tier.PRIMARY, Tier.SECONDARY),
        exploratory=_by_family(rest, Tier.EXPLORATORY),
        unrated=_by_family(rest, Tier.UNRATED),
        absent={reason: tuple(names) for reason, names in absent.items()},
    )


def family_of(name: str) -> str:
    """Return the family of a column.

    Examples
    --------
    >>> family_of("rem_density_per_min"), family_of("rem_frag_per_h")
    ('Eye movements', 'REM continuity')
    """
    fits = [
        (len(start), family)
        for family, starts in FAMILIES.items()
        for start in starts
        if name.startswith(start)
    ]
    return max(fits)[1] if fits else OTHER


def _is_exploratory(measure: Measure) -> bool:
    return measure.reliability.tier is Tier.EXPLORATORY


def _by_family(measures: list[Measure], *tiers: Tier) -> Families:
    families: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        if measure.reliability.tier in tiers:
            families[family_of(measure.name)].append(measure)
    return {family: tuple(found) for family, found in families.items()}
