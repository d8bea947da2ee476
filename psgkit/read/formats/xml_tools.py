"""XML that came from anywhere, read safely."""

import math
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as SafeTree
from defusedxml import DefusedXmlException

from psgkit.domain.quoting import quoted
from psgkit.read.scorings.listed import ScoringFile

# More would take over 300 MB.
MAX_TAGS = 500_000


def parse_xml(file: ScoringFile) -> Element:
    """Return the outermost element of a file.

    Raises
    ------
    UnreadableScoring
        If it is not XML, naming the line, or if it has entities that expand or
        reach for other files, which no scoring needs.
    """
    if file.content.count(b"<") > MAX_TAGS:
        raise file.fault(
            f"its XML has more than {MAX_TAGS} tags, and the scoring of a night has "
            "less than 100000. Name the scoring file."
        )
    try:
        root: Element = SafeTree.fromstring(file.content, forbid_external=True)
    except ParseError as fault:
        line = fault.position[0]
        raise file.fault(f"line {line} is not XML ({fault.msg}).") from None
    except DefusedXmlException:
        raise file.fault(
            "its XML defines entities, which no scoring needs and psgkit does not "
            "follow; export the scoring again."
        ) from None
    except (LookupError, ValueError):
        raise file.fault("line 1 names an encoding that is not its own.") from None
    return root


def seconds(text: str | None, file: ScoringFile, where: str) -> float:
    """Return a number of seconds.

    Raises
    ------
    UnreadableScoring
        If it is missing or no number.
    """
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise file.fault(f"{where} has the time {quoted(text or '')}, not seconds.")
    return value
