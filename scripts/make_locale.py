"""Bring the catalogues of messages up to date with the source.

    python scripts/make_locale.py

Each template of a message that the source has and a catalogue has not is added with an
empty translation, and named; those that the source no longer has are dropped. Words of
pages, which stand in the code as ``_("...")``, are added to ``locale/nl.po`` by hand.
"""

import argparse
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from make_locale_parts.message_templates import message_templates

import psgkit
from psgkit.report.language import LANGUAGES, catalogue, path_of
from psgkit.report.messages import MESSAGES

_HEADER = """\
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
"""


def update(language: str) -> list[str]:
    """Write one language's messages and return those that want a translation."""
    templates = message_templates(Path(psgkit.__file__).parent)
    path = path_of(language, MESSAGES)
    known = catalogue(language, MESSAGES) if path.exists() else {}
    entries = Catalog(locale=language)
    for words in templates:
        entries.add(words, known.get(words, ""))
    written = BytesIO()
    write_po(
        written, entries, width=0, sort_output=True, omit_header=True, no_location=True
    )
    lines = _HEADER.format(language=language).splitlines()
    head = ["# Messages of psgkit.", 'msgid ""', 'msgstr ""']
    head += [f'"{line}\\n"' for line in lines]
    flagless = "".join(
        line
        for line in written.getvalue().decode().splitlines(keepends=True)
        if not line.startswith("#,")
    )
    path.write_text("\n".join(head) + "\n\n" + flagless, encoding="utf-8")
    return sorted(words for words in templates if not known.get(words))


def main() -> int:
    """Update each language; 1 where a translation is wanted."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    wanted = {language: update(language) for language in LANGUAGES if language != "en"}
    for language, templates in wanted.items():
        for words in templates:
            print(f"{language}: {words}")
    return int(any(wanted.values()))


if __name__ == "__main__":
    sys.exit(main())
