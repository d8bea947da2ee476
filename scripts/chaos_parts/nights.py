"""Simulated nights of a study, and eight that cannot be done."""

import os
import random
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psgkit

SEEDS = 12

# What becomes of the eight broken nights, in the words of `failures.csv`.
SENTENCES = {
    "broken-1-text": "not an EDF or BDF file",
    "broken-2-cut": "header .* cannot be used",
    "broken-3-no-eeg": "no EEG channel",
    "broken-4-no-records": "no whole data record",
    "broken-5-unreadable": "cannot be read|There is no file",
    "broken-6-other-night": "scoring|Scoring",
    "broken-7-fifo": "is a pipe or a device",
    "broken-8-worker-dies": "worker process was killed",
}


def make_nights(
    study: Path, count: int, store: Path, *, hours: float = 1 / 6, seeds: int = SEEDS
) -> None:
    """Fill a folder with nights; a few are simulated and copied under other names."""
    store.mkdir(exist_ok=True)
    wanted = [store / f"{seed}.edf" for seed in range(seeds)]
    missing = [file for file in wanted if not file.exists()]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(make_night, missing, [hours] * len(missing)))
    study.mkdir(exist_ok=True)
    for number in range(count):
        night = study / f"night-{number:03}.edf"
        if not night.exists():
            shutil.copy(wanted[number % seeds], night)


def make_scored_nights(study: Path, count: int) -> Path:
    """Write lists of stages, no two the same, and return the manifest that names them."""
    study.mkdir(exist_ok=True)
    dice = random.Random(5)  # noqa: S311 - no secret
    for number in range(count):
        epochs = [
            stage
            for _ in range(5)
            for stage in ("W", "N1", "N2", "N3", "N2", "R")
            for _ in range(dice.randrange(1, 40))
        ]
        (study / f"n{number:03}.txt").write_text("\n".join(epochs) + "\n")
    rows = [f"n{number:03},n{number:03}.txt" for number in range(count)]
    manifest = study / "nights.csv"
    manifest.write_text("\n".join(["id,scoring", *rows]) + "\n")
    return manifest


def make_night(file: Path, hours: float) -> None:
    """Simulate a night without its truth beside it."""
    made = file.with_suffix("")
    made.mkdir(exist_ok=True)
    night = psgkit.simulate_night(hours=hours, seed=int(file.stem), rate_hz=128.0)
    night.write(made / "night.edf")
    (made / "night.edf").rename(file)


def break_eight(study: Path, store: Path) -> None:
    """Add eight nights that cannot be done."""
    files = {int(name.split("-")[1]): study / f"{name}.edf" for name in SENTENCES}
    for file in files.values():
        file.unlink(missing_ok=True)
    whole = (store / "0.edf").read_bytes()
    header = int(whole[184:192])
    signals = header // 256 - 1
    files[1].write_text("Dear colleague, this is no recording.\n" * 50)
    files[2].write_bytes(whole[: header // 2])
    labels = b"".join(f"Resp{n}".ljust(16).encode() for n in range(signals))
    files[3].write_bytes(whole[:256] + labels + whole[256 + 16 * signals :])
    files[4].write_bytes(whole[:236] + b"0".ljust(8) + whole[244:header])
    files[5].write_bytes(whole)
    files[5].chmod(0)
    if os.access(files[5], os.R_OK):  # root reads everything
        files[5].unlink()
        files[5].symlink_to("nowhere.edf")
    files[6].write_bytes(whole)
    files[6].with_name(f"{files[6].stem}_scoring.txt").write_text(
        "\n".join(["W"] * 20 + ["N2"] * 500 + ["R"] * 200 + ["W"] * 10)
    )
    os.mkfifo(files[7])
    # Long enough to be caught while its worker reads it.
    make_nights(
        files[8].parent.parent / "long",
        1,
        store.parent / "long-seeds",
        hours=8.0,
        seeds=1,
    )
    shutil.copy(store.parent / "long-seeds/0.edf", files[8])
