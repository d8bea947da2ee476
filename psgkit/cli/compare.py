"""`psgkit compare`: agreement of two scorings, of two folders, or of several."""

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.option_errors import Door
from psgkit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from psgkit.cohort.statistics.scorer_agreement import Comparison, RaterComparison

# The most important numbers; --json and --out have all.
SHOWN_NUMBERS = (
    "tst_min",
    "waso_min",
    "rem_min",
    "rem_wmean_min_b2m",
    "remp_mean_min",
    "rem_lat_min",
    "n3_min",
    "ari_per_h",
    "shift_per_h",
)

_HEADS = ["column", "nights", "test", "ref.", "bias", "low", "high", "ICC", "rho"]
# Of a single night, which has no median, no limits and no correlation.
_HEADS_OF_ONE = {
    "column": "column",
    "test": "test",
    "ref.": "ref.",
    "bias": "difference",
}


def compare(
    scorings: Annotated[
        list[Path],
        typer.Argument(
            metavar="TEST REFERENCE [MORE...]",
            help="Scorings, or folders of them; with more than two, every pair.",
        ),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=help.SCORING,
            help="Column of a table's stages; once a scoring, or for all.",
        ),
    ] = None,
    codes: options.Codes = None,
    epoch: options.Epoch = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=help.SCORING,
            help="Scorer to read; once a scoring, or for all.",
        ),
    ] = None,
    lights: options.Lights = None,
    config: options.Config = None,
    json: options.Json = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            rich_help_panel=help.RESULTS,
            help="Folder for the tables of nights and numbers.",
        ),
    ] = None,
) -> None:
    """Measure how far scorings agree: epochs, arousals, every metric."""
    from psgkit.cohort.statistics.scorer_agreement import (
        Source,
        compare_folders,
        compare_raters,
    )

    with Door() as door:
        for given in column or ():
            door.refuse_empty(column=given)
        if len(scorings) < 2:
            door.refuse("Name two scorings or more; the first is the test.")
        if len(scorings) > 2:
            door.refuse_idle("with more than two scorings", lights=lights)
        columns = _each("column", column, len(scorings))
        annotators = _each("annotator", annotator, len(scorings))
        door.check(
            partial(
                checks.check_layout,
                codes=codes,
                column=None,
                epoch=epoch,
                annotator=None,
            )
        )
        door.check(
            partial(
                checks.check_scorings,
                list(zip(scorings, columns, strict=True)),
                codes=codes,
                annotator=annotator,
            )
        )
    said = options.build_settings(config).scoring
    sources = [
        Source(
            path,
            name or said.column or None,
            codes or said.codes,
            epoch or said.epoch_s,
            who or said.annotator,
            said.events,
        )
        for path, name, who in zip(scorings, columns, annotators, strict=True)
    ]
    if len(sources) > 2:
        raters = compare_raters(sources)
        if out is not None:
            _save({"pairs": raters.pairs}, out)
        _show_raters(raters, json=json)
        return
    found = compare_folders(*sources, lights=lights or "marked")
    if out is not None:
        tables = {
            "nights": found.nights.reset_index(),
            "numbers": found.numbers.reset_index(),
            "differences": found.differences.reset_index(),
            "confusion": found.confusion.reset_index(),
        }
        _save(tables, out)
    _show(found, json=json)


def _each(option: str, values: list[str] | None, count: int) -> list[str | None]:
    if not values:
        return [None] * count
    if len(values) not in {1, count}:
        raise InputError(
            f"--{option} was given {len(values)} times for {count} scorings; give it "
            "once for all or once for each."
        )
    return [values[0]] * count if len(values) == 1 else list(values)


def _show(found: "Comparison", *, json: bool) -> None:
    if json:
        console.json_out(
            {
                "nights": _records(found.nights.reset_index()),
                "numbers": _records(found.numbers.reset_index()),
                "differences": _records(found.differences.reset_index()),
                "confusion": _records(found.confusion.reset_index()),
                "left_out": found.left_out,
                "macro_f1_stages": {
                    n: list(s) for n, s in found.macro_f1_stages.items()
                },
                "doubts": found.doubts,
            }
        )
        return
    console.out(_counted(len(found.nights), found.left_out))
    for night, doubt in found.doubts.items():
        console.out(doubt if len(found.nights) == 1 else f"{night}: {doubt}")
    console.table(_overview(found.nights), decimals=3)
    console.out(_legend_of_agreement(found))
    console.out("\nEpochs; rows the reference, columns the test")
    console.table(found.confusion.reset_index(), decimals=0)
    numbers = found.numbers[found.numbers["nights_n"] > 0]
    shown = numbers.loc[[name for name in SHOWN_NUMBERS if name in numbers.index]]
    table = shown.reset_index().set_axis(_HEADS, axis="columns")
    if len(found.nights) == 1:
        console.out("\nNumbers of test and reference, and test minus reference")
        table = table[list(_HEADS_OF_ONE)].rename(columns=_HEADS_OF_ONE)
    else:
        console.out(
            "\nNumbers: medians of test and reference, bias (test minus reference) and "
            "its\nlimits of agreement, ICC(2,1), Spearman's rho"
        )
    console.table(table, decimals=2)
    console.out(_legend_of_numbers(list(shown.index), is_one=len(found.nights) == 1))
    console.out("\n--json prints every number of the catalogue, --out saves them.")


def _legend_of_agreement(found: "Comparison") -> str:
    """Explain the abbreviations of agreement, and name the stages of macro F1."""
    sets = set(found.macro_f1_stages.values())
    stages = (
        f"the stages that either scoring has: {', '.join(next(iter(sets)))}"
        if len(sets) == 1
        else "the stages that either scoring of the night has"
    )
    grids = set(found.epoch_s.values())
    length = f" of {next(iter(grids)):g} s" if len(grids) == 1 else ""
    lines = [
        f"epochs_n  epochs{length} that both scored as a stage",
        "kappa     Cohen's kappa: agreement beyond chance, 1 is complete",
        "f1        twice the epochs of both over the epochs of either (F1 score)",
        f"macro_f1  mean F1 over {stages}",
        "mcc       Matthews' correlation coefficient",
        "_w _n1 _n2 _n3 _r  of wake, N1, N2, N3 and REM",
    ]
    if "arousal_f1" in found.nights.dropna(axis="columns", how="all"):
        lines.append('arousal_kappa  of "an arousal starts in this epoch"')
    return "\n".join(lines)


def _legend_of_numbers(names: list[str], *, is_one: bool) -> str:
    """Explain the columns of the catalogue that are shown, and the statistics."""
    from psgkit.measure import metric_of

    width = max(map(len, names), default=0)
    metrics = {name: metric_of(name) for name in names}
    lines = [
        f"{name:<{width}}  {metric.meaning}"
        for name, metric in metrics.items()
        if metric is not None
    ]
    if not is_one:
        lines += [
            "bias  mean of test minus reference; low, high: limits of agreement",
            "ICC   intraclass correlation (2,1); rho: Spearman's rank correlation",
        ]
    return "\n".join(lines)


def _overview(nights: "pd.DataFrame") -> "pd.DataFrame":
    """Return one row per measure of agreement, with quartiles for several nights."""
    import pandas as pd

    known = nights.dropna(axis="columns", how="all")
    if len(known) == 1:
        values = known.iloc[0].astype(object)
        values["epochs_n"] = int(values["epochs_n"])
        return values.rename_axis("agreement").reset_index(name="value")
    quartiles = known.quantile([0.25, 0.5, 0.75])
    return pd.DataFrame(
        {
            "agreement": list(known.columns),
            "median": quartiles.loc[0.5].to_numpy(),
            "25 %": quartiles.loc[0.25].to_numpy(),
            "75 %": quartiles.loc[0.75].to_numpy(),
            "nights": known.notna().sum().to_numpy(),
        }
    )


def _show_raters(raters: "RaterComparison", *, json: bool) -> None:
    pairs, means = raters.by_pair.reset_index(), raters.means
    nights = raters.pairs["night"].nunique()
    if json:
        console.json_out(
            {
                "nights_n": nights,
                "mean_pairwise": _records(means.to_frame().T)[0],
                "pairs": _records(pairs),
                "left_out": raters.left_out,
            }
        )
        return
    console.out(_counted(nights, raters.left_out))
    keys = _numbered(pairs)
    for label, key in keys.items():
        console.out(f"{key}  {label}")
    console.out("")
    shown = pairs[["first", "second", "accuracy", "kappa", "macro_f1"]]
    console.table(shown.replace({"first": keys, "second": keys}), decimals=3)
    console.out(f"\nMean pairwise kappa: {means['kappa']:.3f}")
    by_stage = ", ".join(
        f"{stage.upper()} {means[f'kappa_{stage}']:.3f}"
        for stage in ("w", "n1", "n2", "n3", "r")
    )
    console.out(f"By stage: {by_stage}")


def _numbered(pairs: "pd.DataFrame") -> dict[str, str]:
    """Give each scorer a number, for names of files are too long for a table."""
    labels = dict.fromkeys([*pairs["first"], *pairs["second"]])
    return {label: str(number) for number, label in enumerate(labels, start=1)}


def _counted(nights: int, left_out: dict[str, str]) -> str:
    lines = [f"{nights} night{'' if nights == 1 else 's'} compared"]
    lines += [f"left out: {night}, {why}" for night, why in list(left_out.items())[:10]]
    if len(left_out) > 10:
        lines.append(f"… and {len(left_out) - 10} more")
    return "\n".join(lines)


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    return [
        {
            str(name): None if isinstance(v, float) and math.isnan(v) else v
            for name, v in row.items()
        }
        for row in table.astype(object).to_dict(orient="records")
    ]


def _save(tables: "dict[str, pd.DataFrame]", folder: Path) -> None:
    from psgkit.store.files import make_folder, write_text

    make_folder(folder)
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False))
