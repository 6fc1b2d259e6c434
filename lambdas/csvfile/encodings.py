"""Which encodings bytes that are not UTF-8 may be said to be in."""

import codecs

_ASCII = bytes(range(128))
# What some encodings read as something else than the ASCII that it is.
_SEQUENCES = rb"\u0041 \x41 ~{!!~} +AGE- .xn--bcher-kva. " + b"\x1b$B!!\x1b(B\x1b$)C\x0e!!\x0f"
_NOT_NEEDED = {"ascii", "utf-8", "utf-8-sig"}
_FOR_EXAMPLE = "expected one such as windows-1252"


def encoding_problem(name: str) -> str | None:
    """Returns why rows cannot be read in an encoding; None if they can.

    Args:
        name: The encoding's name, one of https://docs.python.org/3/library/codecs.html#standard-encodings.
    """
    try:
        found = codecs.lookup(name).name
        same = all(text.decode(name) == text.decode("ascii") for text in (_SEQUENCES, _ASCII))
    except UnicodeError:
        same = False
    except (LookupError, ValueError):  # the latter for names that no encoding can have
        return f"{name!r} is no text encoding that Python knows; {_FOR_EXAMPLE}"
    if not same:
        return f"{name!r} does not contain ASCII, in which the rest of the file is; {_FOR_EXAMPLE}"
    if found in _NOT_NEEDED:
        return f"{name!r} is what is read in any case; {_FOR_EXAMPLE}"
    return None
