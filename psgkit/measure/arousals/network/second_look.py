"""Where the network is unsure, bands and chin decide.

From half to twice the network's threshold. Below the threshold, an arousal needs both
what AASM's rule asks for: a shift to theta, alpha or beta, and a rise of the chin EMG.
From the threshold on, it needs one fast band that rises above the half minute before;
otherwise only the chin's tone changed, as where REM sleep ends. Thresholds of bands and
chin are those of the rules, and relative to the night itself.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from psgkit.measure.arousals.network.events import Float32Array, Span, probable_spans
from psgkit.measure.arousals.network.explanation import Evidence, Seen
from psgkit.measure.arousals.thresholds import ArousalRules
from psgkit.measure.signals.usable_time import FloatArray

UNSURE = 2.0  # thresholds up to where, and part of one down to where, bands decide


def looked_at_again(
    probabilities: Float32Array, threshold: float, evidence: Evidence
) -> list[Span]:
    """Return events above half the threshold, with reasons against some of them.

    Parameters
    ----------
    probabilities : numpy.ndarray of float32, shape (n_samples,)
        At 50 Hz.
    threshold : float
        Of the network.
    evidence : Evidence

    Returns
    -------
    list of Span
        In order of onset. Reasons are ``unconfirmed`` (below the threshold, and bands
        and chin do not both agree) and ``no_shift`` (no fast band rises).
    """
    found = list(probable_spans(probabilities, threshold))
    spans = [*_not_contradicted(found, threshold, evidence)]
    for span in probable_spans(probabilities, threshold / UNSURE):
        if not any(span.overlaps(other) for other in found):
            seen = evidence.seen(span.onset_s, span.end_s)
            reason = "" if _is_confirmed(seen, evidence.rules) else "unconfirmed"
            spans.append(replace(span, reason=reason))
    return sorted(spans, key=lambda span: span.onset_s)


def _not_contradicted(
    found: list[Span], threshold: float, evidence: Evidence
) -> Iterator[Span]:
    for span in found:
        seen = evidence.seen(span.onset_s, span.end_s)
        is_unsure = span.probability < UNSURE * threshold
        shows_none = _peak(seen, evidence.rules) < evidence.rules.seed  # not if unknown
        yield replace(span, reason="no_shift" if is_unsure and shows_none else "")


def _is_confirmed(seen: Seen, rules: ArousalRules) -> bool:
    """Return whether chin and bands both rise as in an arousal."""
    fast = _fast(seen, rules)
    fast = fast[~np.isnan(fast)]
    if not (seen.emg and fast.size):
        return False
    sustained = np.exp(np.log(np.maximum(fast, 0.1)).mean())
    return bool(fast.max() >= rules.seed and sustained >= rules.alone_sustained)


def _peak(seen: Seen, rules: ArousalRules) -> float:
    fast = _fast(seen, rules)
    return float("nan") if np.isnan(fast).all() else float(np.nanmax(fast))


def _fast(seen: Seen, rules: ArousalRules) -> FloatArray:
    """Return the leading ratio at each moment; theta counts for less."""
    weights = np.array([rules.theta_weight, 1.0, 1.0])
    weighted = seen.ratios / weights[:, np.newaxis]
    is_known = ~np.isnan(weighted).all(axis=0)
    fast = np.full(weighted.shape[1], np.nan)
    fast[is_known] = np.nanmax(weighted[:, is_known], axis=0)
    return fast
