"""What experts reach among themselves, and detectors elsewhere: figures of papers."""

import pandas as pd

_ROWS = (
    (
        "Stages, two experts",
        "kappa 0.76 (0.71 to 0.81); W 0.70, N1 0.24, N2 0.57, N3 0.57, R 0.69",
        "Lee 2022, doi 10.5664/jcsm.9538 (a meta-analysis)",
    ),
    (
        "Stages, ten experts",
        "kappa 0.71; N1 0.41, R 0.86",
        "J Sleep Res 2023, PMID 37309714",
    ),
    (
        "REM continuity and N3, two experts of DOD-O",
        "rank correlation 0.76 (rem_wmean_min_b2m), 0.80 (b6m), 0.43 (n3_min)",
        "docs/reliability.md",
    ),
    (
        "Arousal index, ten experts",
        "ICC 0.41; respiratory 0.65, spontaneous 0.23; kappa in REM 0.48",
        "Pitkänen 2024, doi 10.1111/jsr.14127",
    ),
    (
        "Arousals, MAD (a network)",
        "F1 0.76",
        "Brink-Kjaer 2020, doi 10.1016/j.clinph.2020.02.027",
    ),
    (
        "Arousals, unet_v2 (its authors)",
        "F1 0.74 on SHHS1, 0.70 on MESA, 0.76 on PSG-IPA",
        "psgscoring 0.37.0, README",
    ),
    (
        "Arousals, best of the PhysioNet Challenge 2018",
        "AUPRC 0.54",
        "Ghassemi 2018, doi 10.22489/CinC.2018.049",
    ),
    (
        "Spindles of DREAMS, two experts",
        "F1 0.48; the DREAMS authors' own detector 0.64",
        "the six excerpts that two experts marked, doi 10.5281/zenodo.2650142",
    ),
)


def table() -> pd.DataFrame:
    """Return the figures with their sources."""
    return pd.DataFrame(_ROWS, columns=["what", "figure", "source"]).set_index("what")
