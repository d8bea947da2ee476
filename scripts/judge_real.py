"""What psgkit is worth on nights that experts scored: one command, one page.

    python scripts/judge_real.py FOLDER --layout lab --out judged
    python scripts/judge_real.py DatabaseSpindles --layout dreams
    python scripts/judge_real.py shhs/polysomnography --layout shhs --nights 20

FOLDER holds a public data set as it is shared, or (``lab``) a laboratory's own
recordings with their scorings beside them; ``lab`` also takes a manifest (docs/cohort.md)
with the columns ``edf``, ``scoring`` and ``subject``. Each detector and stager is held
against the experts, beside what experts reach among themselves. The page, the tables
and, for ``lab``, the calibration of the arousal rules are written to the folder --out.
"""

import argparse
import sys
import warnings
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from judge_real_parts import arousals, ceiling, spindles, staging
from judge_real_parts.arousals import ArousalTally
from judge_real_parts.calibration import Sweep, settings_text
from judge_real_parts.detectors import by_psgkit, detectors
from judge_real_parts.layouts import LAYOUTS, find_nights
from judge_real_parts.nights import LeftOut, TruthNight, read_nights
from judge_real_parts.page import Part, text, write_page
from judge_real_parts.spindles import SpindleTally
from judge_real_parts.staging import StagingTally

from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError, PsgkitError
from psgkit.measure.signals.night_signals import measure_eeg_channels
from psgkit.settings import ArousalSettings, Settings, load_settings
from psgkit.stage import stage_recording

STAGERS = ("yasa-fast", "yasa")
CALIBRATED = "arousals.toml"


@dataclass
class Bench:
    """All that is gathered, night by night."""

    settings: Settings
    options: argparse.Namespace
    left_out: LeftOut = field(default_factory=LeftOut)
    epochs: StagingTally = field(default_factory=StagingTally)
    events: ArousalTally = field(default_factory=ArousalTally)
    sigma: SpindleTally = field(default_factory=SpindleTally)
    sweep: Sweep | None = None
    nights: list[str] = field(default_factory=list)

    def judge(self, night: TruthNight) -> None:
        """Stage a night, look for its arousals and spindles, and compare."""
        staged = self._staged(night)
        staging.judge_night(night, staged, self.epochs, self.left_out)
        spindles.judge_night(night, self.sigma, self.left_out)
        own = next(iter(staged.values()), None)
        if night.expert.arousals is None:
            self.left_out.add(night.id, "arousals were not scored")
        elif own is None and not night.expert.has_stages:
            self.left_out.add(night.id, "no stages, so no arousals")
        else:
            self._judge_arousals(night, own or night.expert)
        self.nights.append(night.id)

    def _staged(self, night: TruthNight) -> dict[str, Scoring]:
        staged = {}
        for stager in self.options.stagers:
            try:
                staged[stager] = stage_recording(night.recording, stager).scoring
            except PsgkitError as fault:
                self.left_out.add(f"{night.id}, {stager}", fault)
        return staged

    def _judge_arousals(self, night: TruthNight, own: Scoring) -> None:
        expert = arousals.on_stages(night.expert, own)
        table = measure_eeg_channels(night.recording, expert, night.artefacts).spindles
        chain = own
        if own is not night.expert:
            try:
                chain = by_psgkit(night, own, table, ArousalSettings())
            except InputError as fault:
                self.left_out.add(f"{night.id}, {arousals.WHOLE_CHAIN}", fault)
        asked = detectors(tuple(self.options.detectors))
        arousals.judge_night(night, chain, asked, table, self.events, self.left_out)
        if self.sweep is not None:
            try:
                self.sweep.add(night, expert, table)
            except InputError as fault:
                self.left_out.add(f"{night.id}, calibration", fault)

    def parts(self) -> list[Part]:
        """Return the tables of what could be judged."""
        found = []
        if self.epochs.rows:
            found += [
                Part("Stages", _STAGES, staging.agreement_table(self.epochs)),
                Part("REM and N3", _NUMBERS, staging.number_table(self.epochs)),
            ]
        if self.events.nights:
            found += [
                Part("Arousals", _AROUSALS, arousals.overall(self.events)),
                Part(
                    "Arousals by stage, F1", _BY_STAGE, arousals.by_stage(self.events)
                ),
                Part(
                    "Arousals by cause, share found",
                    _BY_CAUSE,
                    arousals.by_cause(self.events),
                ),
            ]
        if self.sigma.rows:
            found.append(Part("Spindles", _SPINDLES, spindles.table(self.sigma)))
        found.append(Part("What experts reach", _CEILING, ceiling.table()))
        if self.left_out.reasons:
            table = self.left_out.table()
            found.append(Part("Left out", "What could not be judged, and why.", table))
        return found


_STAGES = (
    "Agreement of epochs with the experts: median over nights. A stage's kappa is that "
    "of this stage against all others."
)
_NUMBERS = (
    "The stager's number less the expert's: bias, 95 % limits of agreement, ICC and rank "
    "correlation. ICC and rank correlation need five nights."
)
_AROUSALS = (
    "Arousals that begin in sleep. Every detector is given the expert's stages; "
    f'"{arousals.WHOLE_CHAIN}" stages the night itself. An event counts as found where '
    "it overlaps an expert's by a fifth of what the two cover. Index: arousals an hour "
    "of sleep. ICC needs five nights."
)
_BY_STAGE = "The stage is that of the epoch in which an arousal begins."
_BY_CAUSE = (
    "Share of the expert's arousals that a detector finds, by cause: the scorer's word, "
    "else the breathing event or limb movement beside it. Where breathing or limbs were "
    'not scored, "none named" holds their arousals too.'
)
_SPINDLES = (
    "Spindles in N2 and N3, on the channel that the experts looked at, against each "
    "expert in turn."
)
_CEILING = "Figures of papers. A detector cannot be expected to agree better."


def calibrate(bench: Bench, folder: Path) -> list[str]:
    """Write the settings file with the threshold; return what to say of it."""
    if bench.sweep is None:
        return []
    try:
        seed, verdict = bench.sweep.verdict(bench.options.aside, bench.options.draw)
    except InputError as fault:
        return [f"The arousal rules were not calibrated: {fault}"]
    (folder / CALIBRATED).write_text(settings_text(seed, verdict), encoding="utf-8")
    said = [f"Calibration of the arousal rules, in {CALIBRATED}: {verdict.evidence}"]
    return said + [f"Not calibrated: {short}." for short in verdict.shortcomings]


def opening(bench: Bench) -> list[str]:
    """Return the sentences that a reader came for."""
    said = [f"{len(bench.nights)} night{'s' * (len(bench.nights) != 1)} judged."]
    if bench.epochs.rows:
        table = staging.agreement_table(bench.epochs)
        best = next((who for who in table.index if who != staging.EXPERTS), None)
        if best is not None:
            said.append(
                f"Stages: {best} agrees with the experts at a kappa of "
                f"{table.loc[best, 'kappa']:.2f} (median). Two experts reach 0.76."
            )
    if bench.events.nights:
        table = arousals.overall(bench.events)
        who = arousals.WHOLE_CHAIN
        who = who if who in table.index else table.index[0]
        off = table.loc[who, "index off by"]
        told = "" if np.isnan(off) else f", index off by {off:+.1f} an hour on average"
        said.append(f"Arousals: F1 {table.loc[who, 'F1']:.2f} ({who}){told}.")
        scores = table["F1"].drop([arousals.WHOLE_CHAIN], errors="ignore")
        scores = scores.drop([arousals.ANOTHER_EXPERT], errors="ignore").dropna()
        if len(scores) > 1:
            said.append(
                f"Of the arousal detectors, {scores.idxmax()} agrees best with the "
                f"experts on their stages: F1 {scores.max():.2f}."
            )
    return said


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the nights, or (lab) a manifest")
    parser.add_argument(
        "--layout", choices=(*LAYOUTS, "lab"), default="lab", help="of FOLDER (lab)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("judged"), help="folder to write to (judged)"
    )
    parser.add_argument(
        "--scoring",
        default="auto",
        help="lab: pattern of the scorings, such as '{stem}*.xml' (auto)",
    )
    parser.add_argument("--config", type=Path, help="settings to read the nights with")
    parser.add_argument("--nights", type=int, help="judge the first N nights")
    parser.add_argument(
        "--detectors",
        nargs="*",
        default=[],
        choices=("unet_v2_bands", "rules", "unet_v2", "unet_v1", "luna"),
        help="of arousals; all that are installed by default",
    )
    parser.add_argument(
        "--stagers", nargs="*", default=list(STAGERS), choices=STAGERS, help="both"
    )
    parser.add_argument(
        "--step", type=float, default=0.1, help="lab: of the sweep of thresholds (0.1)"
    )
    parser.add_argument(
        "--aside", type=float, default=1 / 3, help="lab: share of subjects set aside"
    )
    parser.add_argument(
        "--draw", type=int, default=1, help="lab: which subjects, by chance"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Judge the nights; print the tables and write the page."""
    options = options_of(arguments)
    warnings.filterwarnings("ignore", category=UserWarning)
    try:
        settings = load_settings(options.config) if options.config else Settings()
        files = find_nights(options.folder, options.layout, options.scoring)
    except PsgkitError as fault:
        print(fault, file=sys.stderr)
        return 2
    bench = Bench(settings, options)
    if options.layout == "lab":
        bench.sweep = Sweep(options.step)
    chosen = list(islice(files, options.nights))
    for night in read_nights(chosen, settings, bench.left_out):
        bench.judge(night)
        print(f"{len(bench.nights)} of {len(chosen)}: {night.id}", file=sys.stderr)
    if not bench.nights:
        for what, reason in bench.left_out.reasons:
            print(f"{what}: {reason}", file=sys.stderr)
        print("No night could be judged.", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    said = opening(bench) + calibrate(bench, options.out)
    parts = bench.parts()
    title = "What psgkit is worth on these nights"
    write_page(options.out / "judged.html", title, said, parts)
    pd.DataFrame(bench.events.nights).to_csv(
        options.out / "arousal_nights.csv", index=False
    )
    pd.DataFrame(bench.epochs.rows).to_csv(
        options.out / "staging_nights.csv", index=False
    )
    print("\n".join(said))
    print(text(parts))
    print(f"Written: {options.out / 'judged.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
