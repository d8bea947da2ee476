"""The guides are short and plain: no long sentence, no riddle, no page of many screens."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READABILITY = runpy.run_path(str(ROOT / "scripts/readability.py"))
GUIDES = list(READABILITY["guides"]())
# What a reader has to turn over twice; the other words of the style are judged by eye.
RIDDLES = re.compile(
    r"\bis no (?!longer)|\bare no (?!longer)|\bof which\b|\blacks?\b|\btold\b|\bwhat lies\b"
)


@pytest.mark.parametrize(
    "guide", GUIDES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_guide_has_short_sentences_without_riddles(guide: Path) -> None:
    for sentence in READABILITY["sentences_of"](guide.read_text("utf-8")):
        assert len(sentence.split()) <= READABILITY["MOST_WORDS"], sentence
        assert not re.search(RIDDLES, sentence.replace("There is no", "")), sentence


@pytest.mark.parametrize(
    "guide", GUIDES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_guide_is_a_screen_or_two(guide: Path) -> None:
    assert len(guide.read_text("utf-8").split()) <= 500
