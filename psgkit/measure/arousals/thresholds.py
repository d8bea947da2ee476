"""The thresholds of `arousal_rule_v1`, all in one place."""

from dataclasses import dataclass

# Half-open bands; theta counts for less because it also swells without an arousal.
BANDS_HZ = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 12.0),
    "sigma": (12.0, 16.0),
    "beta": (16.0, 30.0),
}
FAST_BANDS = ("theta", "alpha", "beta")
HOP_S = 0.25
WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class ArousalRules:
    """Thresholds of the rule-based detector; docs/arousals.md says where they come from.

    Attributes
    ----------
    seed : float
        By how much a fast band must exceed its baseline for an arousal to be there.
    edge : float
        Down to where it still belongs to the arousal.
    edge_share : float
        A strong arousal reaches down to this share of its peak power, which is half
        its amplitude (simulated nights, seeds 101 to 106: onsets 0.2 s early and
        durations 0.6 s long at the median; without, 0.7 s and 1.8 s).
    fast_share_rise : float
        By how much the share of theta, alpha and beta in all power must rise; it keeps
        K-complexes and bursts of delta out.
    theta_weight : float
        Theta's excess is divided by it.
    smooth_s : float
        Band powers are averaged over this time.
    baseline_s, baseline_lag_s, baseline_least_s : float
        Length of the baseline (a median), how long ago it ends, and its least usable
        time.
    merge_s : float
        Pieces of one channel closer than this are one.
    shortest_s, longest_s, long_s : float
        Shorter ones do not count; ones beyond ``longest_s`` are cut, beyond ``long_s``
        called long.
    emg_ratio, emg_least_s, emg_margin_s : float
        Chin EMG supports an arousal where it exceeds its baseline by this factor for so
        long, within the arousal and a margin around it.
    stable_s, join_s : float
        Sleep without event that must come before; an event closer than ``join_s`` after
        another belongs to that one.
    alone_seed, alone_sustained : float
        Limits for an arousal without a rise of the chin EMG: its peak, and the
        geometric mean over its length of the leading ratio. Without it, chance swells
        of alpha in N2 pass 7 times an hour; with it, less than once, for 2 % of the
        true ones (simulated nights, seeds 101 to 112).
    own_alpha_quantile, alone_alpha, alone_beta : float
        The night's own alpha is this quantile of its power in a stage of NREM sleep.
        Without a rise of the chin EMG, alpha must reach ``alone_alpha`` times that, or
        beta ``alone_beta`` times its baseline. On simulated nights whose alpha swells
        in N2, false events fell from 8 an hour to 0.7 (seeds 901 to 906); of the true
        ones 8 % are lost.
    artefact_share : float
        Largest share of artefact in an arousal without a rise of the chin EMG.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.ArousalRules(emg_ratio=2.0).emg_ratio
    2.0
    """

    seed: float = 2.5
    edge: float = 1.5
    edge_share: float = 0.25
    fast_share_rise: float = 0.10
    theta_weight: float = 1.25
    smooth_s: float = 2.0
    baseline_s: float = 30.0
    baseline_lag_s: float = 2.0
    baseline_least_s: float = 10.0
    merge_s: float = 1.0
    shortest_s: float = 3.0
    longest_s: float = 30.0
    long_s: float = 15.0
    emg_ratio: float = 2.0
    emg_least_s: float = 1.0
    emg_margin_s: float = 0.5
    stable_s: float = 10.0
    join_s: float = 3.0
    alone_seed: float = 3.25
    alone_sustained: float = 2.5
    own_alpha_quantile: float = 0.95
    alone_alpha: float = 4.0
    alone_beta: float = 2.5
    artefact_share: float = 0.25
