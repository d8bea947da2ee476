"""Print how easy the guides are to read: Flesch's reading ease, and long sentences.

``python scripts/readability.py`` needs textstat: ``pip install -e ".[docs]"``. A page
under an ease of 50, or a sentence over 20 words, ends it with status 1. Code, tables
and headings do not count; an item of a list is a sentence.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEAST_EASE = 50.0
MOST_WORDS = 20
_NOT_PROSE = re.compile(r"^---\n.*?^---\n|^(```|:::).*?^\1$", re.DOTALL | re.MULTILINE)


def guides() -> Iterator[Path]:
    """Yield the pages for users: README, start, how to and notebooks."""
    yield ROOT / "README.md"
    for name in ("index", "cluster", "cohort", "mne_yasa", "power", "report"):
        yield ROOT / "docs" / f"{name}.md"
    for folder in ("start", "howto", "notebooks"):
        yield from sorted((ROOT / "docs" / folder).glob("*.md"))


def sentences_of(page: str) -> list[str]:
    """Return the sentences of a page in Markdown."""
    text = _NOT_PROSE.sub("\n", page)
    lines = [
        "" if line.startswith(("#", "|", "!", ": ")) else line
        for line in text.splitlines()
    ]
    text = re.sub(r"\n\s*(?=\d+\. |- )", "\n\n", "\n".join(lines))
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "code", text).replace("*", "")
    parts = re.split(r"(?<=[.?!:])\s+|\n\s*\n", text)
    found = (re.sub(r"^\s*(\d+\.|-)\s+", "", part).strip() for part in parts)
    return [" ".join(one.split()) for one in found if re.search(r"\w", one)]


def main() -> int:
    """Print a line a page and each long sentence."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    import textstat

    is_hard = False
    for page in guides():
        sentences = sentences_of(page.read_text("utf-8"))
        ends = (one.rstrip(".:;!?") + "." for one in sentences)
        ease = textstat.flesch_reading_ease(" ".join(ends))
        print(f"{page.relative_to(ROOT)}: ease {ease:.0f}, {len(sentences)} sentences")
        is_hard |= ease < LEAST_EASE
        for sentence in sentences:
            if (count := len(sentence.split())) > MOST_WORDS:
                print(f"  {count} words: {sentence}")
                is_hard = True
    return int(is_hard)


if __name__ == "__main__":
    sys.exit(main())
