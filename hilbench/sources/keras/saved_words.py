"""What Keras means by the error with which it refuses a file: cause and remedy, a row each.

Its own text is paragraphs about Python and goes to the log.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from hilbench.core.errors import UsageError

BUILD_IT = "name a function that builds the network: file.py:function"
_EXPORT = "save it as a SavedModel where it can be read: model.export(folder)"
_ANEW = "save it anew from where it was trained"

TABLE = (
    (
        r"Unknown (?:layer|\w+ function): '?([\w>.]+)"
        r"|Could not locate (?:class|function) '([\w>.]+)"
        r"|Cannot deserialize object of type `([\w>.]+)|deserialize '([\w>.]+)' because"
        r"|Unknown \w+ function '\{.*?'config': '(\w+)'",
        "needs '{0}', which is not Keras'",
        BUILD_IT,
    ),
    (
        r"'str' object is not callable",  # Keras 2 calls the name of a class that it does not find
        "has a layer that this Keras does not know",
        _EXPORT,
    ),
    (
        r"(?:unexpected keyword argument|[Uu]nrecognized keyword arguments?\D*?) ?'(\w+)'"
        r"|Keyword argument not understood:', '(\w+)'",
        "a layer has the setting '{0}', which this Keras does not know",
        _EXPORT,
    ),
    (
        r"[Ss]hape mismatch|[Ww]eight expects shape|is incompatible with the layer"
        r"|could not be loaded|axes don't match|but the saved|expected \d+ (?:variables|weights)",
        "its weights do not fit its layers",
        _ANEW,
    ),
    (
        r"Unable to (?:synchronously )?open|truncated|Failed to find any matching files"
        r"|Expected a model\.weights|Unable to (?:synchronously )?read",
        "corrupt: its weights are missing or cut off",
        _ANEW,
    ),
)


def explained(path: Path, error: Exception, version: str) -> UsageError:
    """One line for a file that Keras `version` wrote."""
    traceback.print_exception(error)
    said = _all_said(error)
    for pattern, cause, remedy in TABLE:
        if match := re.search(pattern, said):
            named = next((group for group in match.groups() if group), "")
            return UsageError(f"{path}: {cause.format(named)}", remedy=remedy)
    writer = f", written by Keras {version}" if version else ""
    return UsageError(
        f"{path}: Keras cannot build the network of this file{writer}", remedy=_EXPORT
    )


def _all_said(error: BaseException | None) -> str:
    """The texts of an error and of those behind it."""
    texts: list[str] = []
    while error is not None and len(texts) < 10:
        texts.append(" ".join(str(error).split()))
        error = error.__cause__ or error.__context__
    return "\n".join(texts)
