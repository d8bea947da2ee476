"""How long, and how much of it asleep: durations of METRICS section A."""

from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    AASM,
    HOLES,
    LIGHTS_ON_UNKNOWN,
    LIGHTS_UNKNOWN,
    MINUTES,
    NO_SLEEP,
    PERCENT,
    PSGKIT,
    MetricSpec,
    Value,
    share,
)
from psgkit.measure.stages.evidence import Evidence

_NREM = (Stage.N1, Stage.N2, Stage.N3)


def rec_min(night: Evidence) -> float:
    """Return the length of the whole scoring."""
    return night.scoring.n_epochs * night.epoch_min


def tib_min(night: Evidence) -> Value:
    """Return the length of the window, where it is the time in bed."""
    return window_min(night) if night.lights_known else LIGHTS_UNKNOWN


def window_min(night: Evidence) -> float:
    """Return the length of the window."""
    return len(night.stages) * night.epoch_min


def spt_min(night: Evidence) -> Value:
    """Return the time from sleep onset to offset."""
    return NO_SLEEP if night.onset is None else night.sleep_period_min


def se_pct(night: Evidence) -> Value:
    """Return the share of the time in bed that was slept."""
    if not night.lights_known:
        return LIGHTS_UNKNOWN
    if night.has_holes:
        return HOLES
    if night.onset is None:
        return NO_SLEEP
    return 100 * night.sleep_min / window_min(night)


def sme_pct(night: Evidence) -> Value:
    """Return the share of the sleep period that was slept."""
    return share(night.sleep_min, night.sleep_period_min, NO_SLEEP, of=100)


def waso_min(night: Evidence) -> Value:
    """Return the wake between sleep onset and offset."""
    if night.onset is None:
        return NO_SLEEP
    return wake_min_in(night, night.sleep_period)


def waso_aasm_min(night: Evidence) -> Value:
    """Return the wake between sleep onset and lights-on.

    Time in bed less latency, sleep and unscored time comes to the same, and counts
    unscored time before sleep onset twice; so the epochs of wake are counted.
    """
    if not night.lights_known:
        return LIGHTS_UNKNOWN
    if night.has_holes:
        return HOLES
    if night.onset is None:
        return NO_SLEEP
    return wake_min_in(night, slice(night.onset, None))


def fwt_min(night: Evidence) -> Value:
    """Return the wake between sleep offset and lights-on."""
    if not night.lights_on_known:
        return LIGHTS_ON_UNKNOWN
    if night.offset is None:
        return NO_SLEEP
    return wake_min_in(night, slice(night.offset, None))


def wake_min_in(night: Evidence, where: slice) -> float:
    """Return the wake in some of the epochs."""
    return float((night.stages[where] == Stage.W).sum() * night.epoch_min)


def qc_unscored_pct(night: Evidence) -> Value:
    """Return the unscored share of the sleep period."""
    if night.onset is None:
        return NO_SLEEP
    inside = night.stages[night.sleep_period]
    return 100.0 * float((inside < 0).mean())


def _stage_min(name: str, words: str, *stages: Stage) -> MetricSpec:
    return MetricSpec(
        f"{name}_min",
        MINUTES,
        f"Time scored {words}.",
        AASM,
        lambda night: night.minutes(*stages),
    )


def _stage_pct(name: str, words: str, *stages: Stage) -> MetricSpec:
    return MetricSpec(
        f"{name}_pct",
        PERCENT,
        f"Share of total sleep time scored {words}.",
        AASM,
        lambda night: share(night.minutes(*stages), night.sleep_min, NO_SLEEP, of=100),
    )


_SLEEP_STAGES = (
    ("n1", "N1", Stage.N1),
    ("n2", "N2", Stage.N2),
    ("n3", "N3", Stage.N3),
    ("nrem", "N1, N2 or N3", *_NREM),
    ("rem", "R", Stage.R),
)

ARCHITECTURE = (
    MetricSpec(
        "rec_min",
        MINUTES,
        "Length of the whole scoring.",
        PSGKIT,
        rec_min,
        needs_scored=False,
    ),
    MetricSpec(
        "tib_min",
        MINUTES,
        "Time in bed: lights-off to lights-on (total recording time).",
        AASM,
        tib_min,
        needs_scored=False,
    ),
    MetricSpec(
        "spt_min",
        MINUTES,
        "Sleep period: first to last epoch of sleep, both included.",
        AASM,
        spt_min,
    ),
    MetricSpec(
        "tst_min",
        MINUTES,
        "Total sleep time: N1, N2, N3 and R.",
        AASM,
        lambda night: night.sleep_min,
    ),
    MetricSpec(
        "se_pct",
        PERCENT,
        "Sleep efficiency: total sleep time as a share of time in bed.",
        AASM,
        se_pct,
    ),
    MetricSpec(
        "sme_pct",
        PERCENT,
        "Sleep maintenance efficiency: total sleep time as a share of the sleep "
        "period.",
        AASM,
        sme_pct,
    ),
    MetricSpec(
        "waso_min",
        MINUTES,
        "Wake after sleep onset, within the sleep period.",
        AASM,
        waso_min,
    ),
    MetricSpec(
        "waso_aasm_min",
        MINUTES,
        "Wake after sleep onset until lights-on, wake after the final awakening "
        "included.",
        AASM,
        waso_aasm_min,
    ),
    MetricSpec(
        "fwt_min",
        MINUTES,
        "Wake after the final awakening, until lights-on.",
        "Luna",
        fwt_min,
    ),
    _stage_min("w", "W in the whole window, before and after sleep too", Stage.W),
    *(_stage_min(*row) for row in _SLEEP_STAGES),
    *(_stage_pct(*row) for row in _SLEEP_STAGES),
    MetricSpec(
        "unscored_min",
        MINUTES,
        "Time of the whole window that is artefact or not scored.",
        PSGKIT,
        lambda night: window_min(night) - len(night.scored) * night.epoch_min,
        needs_scored=False,
    ),
    MetricSpec(
        "qc_unscored_pct",
        PERCENT,
        "Share of the sleep period that is artefact or not scored.",
        PSGKIT,
        qc_unscored_pct,
    ),
)
