"""psgkit: REM continuity, N3 and arousals from polysomnographic recordings.

The public names are loaded when they are first used, so that importing psgkit costs
nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psgkit.cohort.batch.run import run_cohort
    from psgkit.cohort.jobs.bids import find_bids_jobs
    from psgkit.cohort.jobs.discovery import find_jobs
    from psgkit.cohort.jobs.manifest import read_manifest
    from psgkit.cohort.statistics.contrast import compare_groups
    from psgkit.cohort.statistics.contrast_files import plot_forest
    from psgkit.cohort.table.collect import collect, read_cohort
    from psgkit.domain.issues import Issue
    from psgkit.domain.jobs import Done, Failed, Job, Skipped
    from psgkit.domain.night import Night
    from psgkit.domain.recording import Recording
    from psgkit.domain.roles import Role
    from psgkit.domain.scoring import Scoring, Stage
    from psgkit.errors import InputError, OutputError, PsgkitError
    from psgkit.measure import measure_scoring
    from psgkit.measure.arousals import detect_arousals
    from psgkit.pipeline import analyse
    from psgkit.read import read_recording, read_scoring
    from psgkit.report import read_night
    from psgkit.report.export.scoring import export_scoring
    from psgkit.report.figures import (
        plot_arousals,
        plot_hypnodensity,
        plot_hypnogram,
        plot_overview,
        plot_rem_continuity,
        plot_spectra,
        plot_spectrogram,
        plot_swa_by_cycle,
    )
    from psgkit.settings import Settings, load_settings
    from psgkit.simulate import simulate_night
    from psgkit.stage.agreement import compare_scorings

__version__ = "0.1.0"

_HOMES = {
    "Done": "psgkit.domain.jobs",
    "Failed": "psgkit.domain.jobs",
    "InputError": "psgkit.errors",
    "Issue": "psgkit.domain.issues",
    "Job": "psgkit.domain.jobs",
    "Night": "psgkit.domain.night",
    "OutputError": "psgkit.errors",
    "PsgkitError": "psgkit.errors",
    "Recording": "psgkit.domain.recording",
    "Role": "psgkit.domain.roles",
    "Scoring": "psgkit.domain.scoring",
    "Settings": "psgkit.settings",
    "Skipped": "psgkit.domain.jobs",
    "Stage": "psgkit.domain.scoring",
    "analyse": "psgkit.pipeline",
    "collect": "psgkit.cohort.table.collect",
    "compare_groups": "psgkit.cohort.statistics.contrast",
    "compare_scorings": "psgkit.stage.agreement",
    "detect_arousals": "psgkit.measure.arousals",
    "export_scoring": "psgkit.report.export.scoring",
    "find_bids_jobs": "psgkit.cohort.jobs.bids",
    "find_jobs": "psgkit.cohort.jobs.discovery",
    "load_settings": "psgkit.settings",
    "measure_scoring": "psgkit.measure",
    "read_cohort": "psgkit.cohort.table.collect",
    "read_manifest": "psgkit.cohort.jobs.manifest",
    "plot_arousals": "psgkit.report.figures",
    "plot_forest": "psgkit.cohort.statistics.contrast_files",
    "plot_hypnodensity": "psgkit.report.figures",
    "plot_hypnogram": "psgkit.report.figures",
    "plot_overview": "psgkit.report.figures",
    "plot_rem_continuity": "psgkit.report.figures",
    "plot_spectra": "psgkit.report.figures",
    "plot_spectrogram": "psgkit.report.figures",
    "plot_swa_by_cycle": "psgkit.report.figures",
    "read_night": "psgkit.report",
    "read_recording": "psgkit.read",
    "read_scoring": "psgkit.read",
    "run_cohort": "psgkit.cohort.batch.run",
    "simulate_night": "psgkit.simulate",
}

__all__ = [
    "Done",
    "Failed",
    "InputError",
    "Issue",
    "Job",
    "Night",
    "OutputError",
    "PsgkitError",
    "Recording",
    "Role",
    "Scoring",
    "Settings",
    "Skipped",
    "Stage",
    "analyse",
    "collect",
    "compare_groups",
    "compare_scorings",
    "detect_arousals",
    "export_scoring",
    "find_bids_jobs",
    "find_jobs",
    "load_settings",
    "measure_scoring",
    "plot_arousals",
    "plot_forest",
    "plot_hypnodensity",
    "plot_hypnogram",
    "plot_overview",
    "plot_rem_continuity",
    "plot_spectra",
    "plot_spectrogram",
    "plot_swa_by_cycle",
    "read_cohort",
    "read_manifest",
    "read_night",
    "read_recording",
    "read_scoring",
    "run_cohort",
    "simulate_night",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'psgkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
