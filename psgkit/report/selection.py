"""Which numbers a page shows first, which apart, and which it only counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from psgkit.domain.measures import Measure, Tier
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
_FAMILIES: dict[str, tuple[str, ...]] = {
    "Sleep architecture": (
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
    "Quality": ("qc_", "lights_", "starts_", "ends_", "no_", "ar_calib", "ar_noise"),
}
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Selection:
    """A night's numbers, each in one place.

    Attributes
    ----------
    headlines : tuple of (str, tuple of Measure)
        Sections with their measures, undefined ones among them.
    secondary, exploratory : tuple of Measure
        Rated, defined, and no headline.
    counted : dict of str to int
        Unrated, defined, and no headline: how many by family.
    absent : dict of str to tuple of str
        Reason to the columns that are undefined for it.
    """

    headlines: tuple[tuple[str, tuple[Measure, ...]], ...]
    secondary: tuple[Measure, ...]
    exploratory: tuple[Measure, ...]
    counted: dict[str, int]
    absent: dict[str, tuple[str, ...]]


def select(night: Night) -> Selection:
    """Put each number of a night in its place."""
    by_name = {measure.name: measure for measure in night.results}
    headlines = tuple(
        (title, shown)
        for title, names in HEADLINES
        if (shown := _headline(by_name, names))
    )
    used = {measure.name for _, shown in headlines for measure in shown}
    rest = [m for m in night.results if m.name not in used and not m.reason]
    unrated = [m for m in rest if tier_of(m) is Tier.UNRATED]
    absent: dict[str, list[str]] = defaultdict(list)
    for name, reason in night.reasons.items():
        absent[reason].append(name)
    return Selection(
        headlines=headlines,
        secondary=tuple(
            m for m in rest if tier_of(m) in (Tier.PRIMARY, Tier.SECONDARY)
        ),
        exploratory=tuple(m for m in rest if tier_of(m) is Tier.EXPLORATORY),
        counted=dict(Counter(family_of(m.name) for m in unrated)),
        absent={reason: tuple(names) for reason, names in absent.items()},
    )


def tier_of(measure: Measure) -> Tier:
    """Return how far a measure can be trusted."""
    return measure.reliability.tier


def family_of(name: str) -> str:
    """Return the family of a column.

    Examples
    --------
    >>> family_of("rem_density_per_min"), family_of("rem_frag_per_h")
    ('Eye movements', 'REM continuity')
    """
    fits = [
        (len(start), family)
        for family, starts in _FAMILIES.items()
        for start in starts
        if name.startswith(start)
    ]
    return max(fits)[1] if fits else OTHER


def _headline(
    by_name: dict[str, Measure], names: tuple[str, ...]
) -> tuple[Measure, ...]:
    return tuple(
        by_name[name]
        for name in names
        if name in by_name and tier_of(by_name[name]) is not Tier.EXPLORATORY
    )
