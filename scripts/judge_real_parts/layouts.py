"""Where the nights of a data set stand, and whose scorings belong to them.

Each layout is a function from a folder to its nights. The folder may be the data set's
own top folder or any part of it.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from judge_real_parts.nights import TruthFiles

from psgkit.cohort.jobs.discovery import find_jobs
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.errors import InputError

# DREAMS: a text of spindles begins with [vis_Spindles/C3-A1]; those of K-complexes and
# eye movements have the same file names and other headings.
_SPINDLE_HEADING = re.compile(r"spindle", re.IGNORECASE)
_DREAMS_NAME = re.compile(r"(excerpt|subject|patient)\d+$")
# Labels of SHHS and MESA that do not say their derivation (NSRR's montage pages).
_SHHS_CHANNELS = (("C4_M1", "EEG"), ("EMG_CHIN", "EMG"))
_MESA_CHANNELS = (("C4_M1", "EEG3"), ("EMG_CHIN", "EMG"))


def find_nights(
    folder: Path, layout: str, scoring: str = "auto"
) -> tuple[TruthFiles, ...]:
    """Find the nights of a folder.

    Raises
    ------
    InputError
        If there is no folder, or no night of the layout in it.
    """
    if not folder.exists():
        raise InputError(f"There is no folder {folder}.")
    if layout == "lab":
        return tuple(_lab(folder, scoring))
    nights = tuple(LAYOUTS[layout](folder))
    if not nights:
        raise InputError(
            f"No night of the layout {layout} was found in {folder}. "
            f"It looks for {LOOKED_FOR[layout]}."
        )
    return nights


def _dreams(folder: Path) -> Iterable[TruthFiles]:
    """DREAMS: ``excerpt1.edf``, ``Hypnogram_excerpt1.txt`` (5 s), spindles by expert."""
    for edf in _files(folder, "*.edf"):
        name = edf.stem
        if not _DREAMS_NAME.match(name):
            continue
        aasm = edf.with_name(f"HypnogramAASM_{name}.txt")
        beside = aasm if aasm.is_file() else edf.with_name(f"Hypnogram_{name}.txt")
        spindles = tuple(
            path
            for path in _files(edf.parent, f"Visual_scoring*_{name}.txt")
            if _SPINDLE_HEADING.search(_first_line(path))
        )
        yield TruthFiles(
            id=name,
            subject=name,
            recording=edf,
            scorings=(beside,) if beside.is_file() else (),
            spindles=spindles,
            codes="dreams",
            epoch_s=5.0,
        )


def _physionet2018(folder: Path) -> Iterable[TruthFiles]:
    """Challenge of 2018: ``tr03-0005.hea``, ``.mat`` and ``.arousal``."""
    for header in _files(folder, "*.hea"):
        marks = header.with_suffix(".arousal")
        if marks.is_file():
            yield TruthFiles(
                id=header.stem,
                subject=header.stem,
                recording=header,
                scorings=(marks,),
                breathing_arousals_marked=False,
            )


def _nsrr(
    folder: Path, channels: tuple[tuple[str, str], ...], pattern: str
) -> Iterable[TruthFiles]:
    """NSRR: ``edfs/.../ID.edf``, ``annotations-events-nsrr/.../ID-nsrr.xml``."""
    beside = {path.name: path for path in _files(folder, "*.xml")}
    for edf in _files(folder, "*.edf"):
        names = (f"{edf.stem}-nsrr.xml", f"{edf.stem}-profusion.xml")
        scoring = next((beside[name] for name in names if name in beside), None)
        number = re.search(pattern, edf.stem)
        yield TruthFiles(
            id=edf.stem,
            subject=number.group(1) if number else edf.stem,
            recording=edf,
            scorings=() if scoring is None else (scoring,),
            channels=channels,
        )


def _shhs(folder: Path) -> Iterable[TruthFiles]:
    return _nsrr(folder, _SHHS_CHANNELS, r"shhs\d-(\d+)")


def _mesa(folder: Path) -> Iterable[TruthFiles]:
    return _nsrr(folder, _MESA_CHANNELS, r"mesa-sleep-(\d+)")


def _psg_ipa(folder: Path) -> Iterable[TruthFiles]:
    """PSG-IPA: ``PSG/NAME.edf``, ``Annotations/manual/NAME_manual_scorer1.edf``."""
    for edf in _files(folder, "PSG/*.edf"):
        manual = edf.parent.parent / "Annotations" / "manual"
        scorings = sorted(manual.glob(f"{edf.stem}_manual_scorer*.edf"), key=_number)
        yield TruthFiles(
            edf.stem, edf.stem.partition("_")[0], edf, scorings=tuple(scorings)
        )


def _hmc(folder: Path) -> Iterable[TruthFiles]:
    """HMC: ``SN001.edf`` and ``SN001_sleepscoring.edf``."""
    for edf in _files(folder, "SN*.edf"):
        if not edf.stem.endswith("_sleepscoring"):
            scoring = edf.with_name(f"{edf.stem}_sleepscoring.edf")
            held = (scoring,) if scoring.is_file() else ()
            yield TruthFiles(edf.stem, edf.stem, edf, held)


def _dod(folder: Path) -> Iterable[TruthFiles]:
    """DOD-H and DOD-O: ``NAME.h5`` and ``scorer_1/NAME.json`` to ``scorer_5``."""
    scorings: dict[str, list[Path]] = {}
    for path in _files(folder, "scorer_*/*.json"):
        scorings.setdefault(path.stem, []).append(path)
    for file in _files(folder, "*.h5"):
        experts = sorted(scorings.get(file.stem, []), key=lambda p: p.parent.name)
        yield TruthFiles(
            file.stem, file.stem, file, tuple(experts), epoch_s=30.0, codes=_DOD_CODES
        )


def _lab(folder: Path, scoring: str) -> Iterable[TruthFiles]:
    """Find a laboratory's recordings and scorings in a folder, or in a manifest."""
    is_table = folder.is_file() and folder.suffix.lower() in (".csv", ".tsv")
    jobs = (
        read_manifest(folder, scoring=scoring)
        if is_table
        else find_jobs([folder], scoring=scoring)
    )
    for job in jobs:
        if job.recording is not None:
            yield TruthFiles(
                id=job.night_id,
                subject=str(job.covariates.get("subject") or job.night_id),
                recording=job.recording,
                scorings=() if job.scoring is None else (job.scoring,),
                beside=job.scoring_beside,
                epoch_s=job.epoch_s,
                lights=(job.lights_off, job.lights_on),
            )


_DOD_CODES = "W=0,N1=1,N2=2,N3=3,R=4,ART=8,UNS=-1"

LAYOUTS: dict[str, Callable[[Path], Iterable[TruthFiles]]] = {
    "dreams": _dreams,
    "physionet2018": _physionet2018,
    "mesa": _mesa,
    "shhs": _shhs,
    "psg-ipa": _psg_ipa,
    "hmc": _hmc,
    "dod": _dod,
}
LOOKED_FOR = {
    "dreams": "excerpt1.edf with Hypnogram_excerpt1.txt beside it",
    "physionet2018": "tr03-0005.hea with tr03-0005.arousal beside it",
    "mesa": "mesa-sleep-0001.edf, and mesa-sleep-0001-nsrr.xml in any folder",
    "shhs": "shhs1-200001.edf, and shhs1-200001-nsrr.xml in any folder",
    "psg-ipa": "PSG/SN1_EEGarousals.edf with Annotations/manual beside its folder",
    "hmc": "SN001.edf with SN001_sleepscoring.edf beside it",
    "dod": "NAME.h5, and NAME.json in folders scorer_1 to scorer_5",
}


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern), key=lambda path: (_number(path), path.name))


def _number(path: Path) -> int:
    """Return the last number of a name, so that scorer10 follows scorer9."""
    found = re.findall(r"\d+", path.stem)
    return int(found[-1]) if found else 0


def _first_line(path: Path) -> str:
    with path.open(encoding="latin-1") as lines:
        return lines.readline()
