"""Text that came from anywhere: UTF-8, UTF-16 or Windows' western code page."""

from psgkit.errors import UnreadableScoring


def decode(content: bytes, name: str, *, is_whole: bool = True) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows' western code page.

    Raises
    ------
    UnreadableScoring
        If it has another encoding, with the line; Windows exports are often in its code
        page, where five bytes have no meaning.
    """
    encoding = _encoding_of(content)
    if encoding == "utf-16":
        return content[: len(content) // 2 * 2].decode("utf-16", errors="replace")
    if encoding in {"utf-16-le", "utf-16-be"}:
        return content[: len(content) // 2 * 2].decode(encoding, errors="replace")
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise UnreadableScoring(f"{name}: line {line} holds binary data, not text.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        if not is_whole and fault.start >= len(content) - 4:
            return content[: fault.start].decode("utf-8-sig")
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise UnreadableScoring(
            f"{name}: line {line} is text in no encoding that psgkit knows; "
            "save the file as UTF-8."
        ) from None


def _encoding_of(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    sample = content[:400]
    if len(sample) >= 8 and sample[1::2].count(0) > 0.9 * len(sample[1::2]):
        return "utf-16-le"
    if len(sample) >= 8 and sample[::2].count(0) > 0.9 * len(sample[::2]):
        return "utf-16-be"
    return "utf-8"
