"""The tables of a bench, as text for a terminal and as one HTML page."""

import html
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import psgkit

_WIDTH = 79
_WORDS = ("figure", "source")  # columns that speak for themselves
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
color:#1b1f24;background:#fff}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid #d0d7de}
th:first-child,td:first-child,td.words{text-align:left}
thead th{background:#f6f8fa;vertical-align:bottom}
p.note{color:#57606a;margin:.3rem 0 .6rem;max-width:50rem}
"""


@dataclass(frozen=True)
class Part:
    """One table, with what it says.

    Attributes
    ----------
    title : str
    note : str
        What the numbers mean, in a sentence or two.
    table : pandas.DataFrame
        May be empty: then the note says why.
    """

    title: str
    note: str
    table: pd.DataFrame


def text(parts: list[Part]) -> str:
    """Return the tables for a terminal."""
    blocks = []
    for part in parts:
        lines = [part.title, "-" * len(part.title)]
        lines += textwrap.wrap(part.note, _WIDTH)
        if not part.table.empty:
            lines += ["", *_lines(_shown(part.table))]
        blocks.append("\n".join(["", *lines]))
    return "\n".join(blocks)


def _lines(shown: pd.DataFrame) -> list[str]:
    """Return a table that fits a terminal, else a paragraph a row."""
    table = shown.to_string(index=False).splitlines()
    if max(len(line) for line in table) <= _WIDTH:
        return table
    lines = []
    for row in shown.to_dict("records"):
        first, *rest = row.items()
        said = "; ".join(
            value if name in _WORDS else f"{name} {value}" for name, value in rest
        )
        lines += textwrap.wrap(f"{first[1]}: {said}", _WIDTH, subsequent_indent="    ")
    return lines


def write_page(path: Path, title: str, opening: list[str], parts: list[Part]) -> None:
    """Write the tables as one HTML page that asks for nothing else."""
    said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in opening)
    body = "".join(_section(part) for part in parts)
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{html.escape(title)}</h1>{said}{body}"
        f'<p class="note">psgkit {html.escape(psgkit.__version__)}, '
        "scripts/judge_real.py.</p></body></html>\n",
        encoding="utf-8",
    )


def _section(part: Part) -> str:
    table = ""
    if not part.table.empty:
        shown = _shown(part.table)
        head = "".join(f"<th>{html.escape(str(name))}</th>" for name in shown.columns)
        rows = "".join(
            "<tr>" + "".join(_cell(value) for value in row) + "</tr>"
            for row in shown.to_numpy()
        )
        table = (
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
    return (
        f"<h2>{html.escape(part.title)}</h2>"
        f'<p class="note">{html.escape(part.note)}</p>{table}'
    )


def _cell(value: object) -> str:
    words = ' class="words"' if len(str(value)) > 24 else ""
    return f"<td{words}>{html.escape(str(value))}</td>"


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of words: two decimals, and a dash for what is not known."""
    flat = table.reset_index()
    return flat.apply(lambda column: column.map(_word))


def _word(value: object) -> str:
    if isinstance(value, int | np.integer):
        return str(value)
    if isinstance(value, float):
        if np.isnan(value):
            return "-"
        return str(int(value)) if value.is_integer() else f"{value:.2f}"
    return str(value)
