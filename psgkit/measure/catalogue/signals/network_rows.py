"""The row on the rearrangement of networks (METRICS section M)."""

from psgkit.domain.metrics import Family, Metric

NETWORK = (
    Metric(
        "net_rearr",
        "standard deviations",
        "How far the pattern of coupling between EEG channels changes from one epoch of "
        "30 s to the next, against surrogates of stable coupling; depends on montage, "
        "reference, channel count and volume conduction; exploratory.",
        "psgkit; Vinck 2011, 10.1016/j.neuroimage.2011.01.055",
        Family.NETWORK,
        same=("net_channels",),
        per=("band", "stage"),
    ),
)
