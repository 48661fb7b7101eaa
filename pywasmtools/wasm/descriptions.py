"""Descriptive sections of a binary, read and written again: custom sections of text for people and registries.

`authors`, `description`, `revision` and `version` are any text; `homepage` and `source` are URLs, normalised;
`licenses` is an SPDX license expression. Imported at the first such section.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.diagnostics import WasmToolsError


def rewritten_description(name: str, data: bytes) -> bytes:
    """The data of a descriptive section as it is written again. Raises what it is refused for."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise utf8_error(e) from None
    if name == "homepage" or name == "source":
        from pywasmtools.web.url import normalize_url

        return normalize_url(text).encode("ascii")
    if name == "licenses":
        from pywasmtools.web.spdx import check_license_expression

        check_license_expression(text)
    return data


def utf8_error(e: UnicodeDecodeError) -> WasmToolsError:
    """A decoding error in the words of Rust's `Utf8Error`."""
    if e.reason == "unexpected end of data":
        return error(f"incomplete utf-8 byte sequence from index {e.start}")
    return error(f"invalid utf-8 sequence of {e.end - e.start} bytes from index {e.start}")
