"""What a usage error loses on its way out: control characters and terminal escapes, as the reference strips them.

Its writer follows the states of a DEC terminal (https://vt100.net/emu/dec_ansi_parser) over the bytes, and lets through
what prints, white space, and UTF-8. Values of the command line and of files are echoed by such errors.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_GROUND: Final = 0
_ESCAPE: Final = 1
_ESCAPE_INTERMEDIATE: Final = 2
_CSI_ENTRY: Final = 3
_CSI_PARAM: Final = 4
_CSI_INTERMEDIATE: Final = 5
_CSI_IGNORE: Final = 6
_DCS_ENTRY: Final = 7
_DCS_PARAM: Final = 8
_DCS_INTERMEDIATE: Final = 9
_DCS_IGNORE: Final = 10
_DCS_PASSTHROUGH: Final = 11
_STRING: Final = 12
_OSC: Final = 13

_WHITE_SPACE: Final = b"\t\n\x0c\r"
_PRINTED: Final = _WHITE_SPACE + bytes(b for b in range(0x20, 0x100) if b != 0x7F)
_CONTROLS: Final = bytes(b < 0x20 or b == 0x7F for b in range(0x100))
"""1 for a control, by byte."""


def strip_controls(text: str) -> str:
    """`text` without control characters other than white space, and without escape sequences."""
    data = text.encode("utf-8")
    if not data.translate(None, _PRINTED):
        return text
    return _strip(data).decode("utf-8")


def _strip(data: bytes) -> bytes:
    """Runs of what prints are taken whole; only the bytes of sequences are looked at one by one."""
    out = bytearray()
    state = _GROUND
    printing = False  # then the terminal counts as grounded, but falls back to `state`
    controls = data.translate(_CONTROLS)
    at = 0
    while at < len(data):
        b = data[at]
        if (state == _GROUND or printing) and b >= 0x20 and b != 0x7F:
            end = controls.find(b"\1", at)
            run = data[at:] if end < 0 else data[at:end]
            out += run
            at += len(run)
            if not run.isascii():
                state = _GROUND
            printing = True
            continue
        at += 1
        if b in _WHITE_SPACE and (printing or state < _DCS_ENTRY):
            out.append(b)
            printing = True
        else:
            printing = False
            state = _next(state, b)
    return bytes(out)


def _next(state: int, b: int) -> int:
    """The state after a byte."""
    if b == 0x1B:
        return _ESCAPE
    if b == 0x18 or b == 0x1A:
        return _GROUND
    if b < 0x20:
        return _GROUND if state == _OSC and b == 7 else state
    if b >= 0x7F:
        return _GROUND if b == 0x9C and _DCS_IGNORE <= state <= _STRING else state
    if state == _ESCAPE:
        return _after_escape(b)
    if state == _ESCAPE_INTERMEDIATE:
        return state if b < 0x30 else _GROUND
    if _CSI_ENTRY <= state <= _CSI_IGNORE:
        return _in_control_sequence(state, b)
    if _DCS_ENTRY <= state <= _DCS_INTERMEDIATE:
        return _in_device_control(state, b)
    return state


def _after_escape(b: int) -> int:
    if b < 0x30:
        return _ESCAPE_INTERMEDIATE
    if b == 0x5B:
        return _CSI_ENTRY
    if b == 0x5D:
        return _OSC
    if b == 0x50:
        return _DCS_ENTRY
    if b == 0x58 or b == 0x5E or b == 0x5F:
        return _STRING
    return _GROUND


def _in_control_sequence(state: int, b: int) -> int:
    if b >= 0x40:
        return _GROUND
    if state == _CSI_IGNORE:
        return state
    if b < 0x30:
        return _CSI_INTERMEDIATE
    if state == _CSI_INTERMEDIATE or (state == _CSI_PARAM and b >= 0x3C):
        return _CSI_IGNORE
    return _CSI_PARAM


def _in_device_control(state: int, b: int) -> int:
    if b >= 0x40:
        return _DCS_PASSTHROUGH
    if b < 0x30:
        return _DCS_INTERMEDIATE
    if state == _DCS_INTERMEDIATE or (state == _DCS_PARAM and b >= 0x3C):
        return _DCS_IGNORE
    return _DCS_PARAM
