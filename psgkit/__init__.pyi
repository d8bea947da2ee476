"""The public names and their homes; `lazy_loader` reads them from here."""

from ._version import __version__ as __version__
from .cohort.batch.run import run_cohort
from .cohort.jobs.bids import find_bids_jobs
from .cohort.jobs.discovery import find_jobs
from .cohort.jobs.manifest import read_manifest
from .cohort.statistics.contrast import Contrast, compare_groups
from .cohort.statistics.figures import plot_forest, plot_group, plot_repeats
from .cohort.table.collect import collect, read_cohort
from .domain.channels.roles import Role
from .domain.issues import Issue, Severity
from .domain.jobs import Done, Failed, Job, Skipped
from .domain.metrics import Measure, Metric, Reliability, Undefined
from .domain.night import Night, Spectra
from .domain.provenance import Provenance
from .domain.recording import Channel, Gap, Recording
from .domain.scoring import Scoring, Stage
from .errors import InputError, OutputError, PsgkitError
from .measure import measure_scoring
from .measure.arousals import ArousalRules, detect_arousals
from .measure.own_metrics import metric
from .pipeline import analyse
from .read import read_recording, read_scoring
from .report import read_night, save_night
from .report.export.scoring import export_scoring
from .report.figures import (
    plot_arousals,
    plot_hypnodensity,
    plot_hypnogram,
    plot_overview,
    plot_rem_body,
    plot_rem_continuity,
    plot_spectra,
    plot_spectrogram,
    plot_swa_by_cycle,
    plot_topography,
)
from .settings import ReadSettings, ReportSettings, Settings, load_settings
from .simulate import SimulatedNight, simulate_night
from .stage.agreement import Agreement, ArousalAgreement, compare_scorings

__all__ = [
    "Agreement",
    "ArousalAgreement",
    "ArousalRules",
    "Channel",
    "Contrast",
    "Done",
    "Failed",
    "Gap",
    "InputError",
    "Issue",
    "Job",
    "Measure",
    "Metric",
    "Night",
    "OutputError",
    "Provenance",
    "PsgkitError",
    "ReadSettings",
    "Recording",
    "Reliability",
    "ReportSettings",
    "Role",
    "Scoring",
    "Settings",
    "Severity",
    "SimulatedNight",
    "Skipped",
    "Spectra",
    "Stage",
    "Undefined",
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
    "metric",
    "plot_arousals",
    "plot_forest",
    "plot_group",
    "plot_hypnodensity",
    "plot_hypnogram",
    "plot_overview",
    "plot_rem_body",
    "plot_rem_continuity",
    "plot_repeats",
    "plot_spectra",
    "plot_spectrogram",
    "plot_swa_by_cycle",
    "plot_topography",
    "read_cohort",
    "read_manifest",
    "read_night",
    "read_recording",
    "read_scoring",
    "run_cohort",
    "save_night",
    "simulate_night",
]
