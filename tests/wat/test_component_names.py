"""Names that fields of components are given by annotations; strings that stand one after the other; opcodes of old exceptions."""

from __future__ import annotations

import re

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

HEAD = """(component $c (import "i" (func $f (param "x" u8))) (core module $m (func (export "e") (param i32)) (memory (export "m") 1))
  (core instance $i (instantiate $m)) (alias core export $i "e" (core func $e)) (component $k) (type $t u8) (instance $n)
  """
FIELDS = """
(core func {} (canon lower (func $f)))
(core func {} (alias core export $i "e"))
(core func {} (canon backpressure.inc))
(func {} (param "x" u8) (canon lift (core func $e)))
(func {} (alias export $n "z"))
(func {} (import "q") (param "x" u8))
(core module {} (func))
(core module {} (import "q"))
(core instance {} (instantiate $m))
(core instance {} (export "a" (func $e)))
(core memory {} (alias core export $i "m"))
(core type {} (func (param i32)))
(core type {} (module))
(component {})
(component {} (import "q"))
(instance {} (instantiate $k))
(instance {} (export "a" (func $f)))
(instance {} (import "q"))
(type {} (list u8))
(type {} (component))
(type {} (instance))
(type {} (func (param "x" u8)))
(type {} (resource (rep i32)))
(alias core export $i "e" (core func {}))
(alias core export $i "m" (core memory {}))
(alias outer $c $t (type {}))
(alias outer $c $m (core module {}))
(alias outer $c $k (component {}))
(import "q" (func {} (param "x" u8)))
(import "q" (type {} (eq u8)))
(import "q" (type {} (sub resource)))
(import "q" (instance {}))
(import "q" (component {}))
(import "q" (core module {}))
(export {} "q" (func $f))
(export {} "q" (type $t))
(export {} "q" (instance $n))
"""


def test_names_of_fields(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for line in FIELDS.strip().splitlines():
        for name in (
            "$named",
            '(@name "a name")',
            '$named (@name "other")',
            '(@name "x") $named',
            '(@name "a") (@name "b")',
        ):
            found = answers("parse -t in.wat", {line.format(name): f"{HEAD}{line.format(name)})"}).splitlines()
            shown = [
                row.strip() for row in found[2:] if "named" in row or "name" in row or "error" in row or "-->" in row
            ]
            told += f"{found[0][3:]}: {' '.join(shown)}\n"
    assert told == golden


STRINGS = (
    *(
        '"a" "b"',
        '"a"\n"b"',
        '"a"  "b"',
        '"a"\t"b"',
        '"a"\r\n"b"',
        '"a"(;c;)"b"',
        '"a" ;;c\n "b"',
        '"a""b"',
        '"a" (;c;) "b" "c"',
        '"a" "b',
    ),
    *(
        '"\\61" "\\u{62}"',
        '"\\n\\t" "\\\\\\"\\\'"',
        '"a\\',
        '"a\\"',
        '"a\\" "b"',
        '"' + "x" * 300 + '" "y"',
        '"\\00\\ff" "z"',
        '"" ""',
        "",
    ),
    *(
        '"a" "b" "c"  "d"\n\n"e"',
        '"é" "\\c3\\a9"',
        '"a" "b\nc"',
        '"a" "b\x01"',
        '"a" b',
        '"a" "b" (i8 1)',
        '"a" "\\q"',
        '"x\\61y" "z\\62"',
    ),
)


def test_strings_in_a_row(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for text in STRINGS:
        for field in (
            "(module (memory 1) (data {}))",
            "(module binary {})",
            '(module (@custom "c" {}))',
            "(module (data $d {}) (data {}))",
        ):
            cases = {f"{field[8:15]} {text!r}"[:60]: field.format(*[text] * 2)}
            found = answers("parse -t in.wat", cases).splitlines()
            told += (
                " | ".join(
                    [
                        found[0][3:],
                        *(
                            row.strip()
                            for row in found[2:]
                            if "data" in row or "custom" in row or "error" in row or "-->" in row
                        ),
                    ]
                )
                + "\n"
            )
    assert told == golden


OLD = """
try end
try catch 0 end
try catch 5 end
try catch_all end
try catch_all catch 0 end
try catch_all catch_all end
try catch 0 catch_all end
try delegate 0
try delegate 9
try catch 0 rethrow 0 end
try rethrow 0 end
rethrow 0
block catch 0 end
block catch_all end
block delegate 0
loop catch 0 end
i32.const 1 if catch_all end
i32.const 1 if else catch_all end
try catch 0 delegate 0
try (result i32) catch 0 end drop
catch 0
catch_all
delegate 0
throw 0
try_table (catch_all 0) end
"""


def test_old_exceptions_under_features(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for line in OLD.strip().splitlines():
        for features in (
            "",
            "all",
            "-legacy-exceptions",
            "legacy-exceptions",
            "all,-legacy-exceptions",
            "all,-exceptions",
            "mvp",
            "mvp,legacy-exceptions",
            "wasm3",
        ):
            option = f"--features={features} " if features else ""
            for command in (
                (f"validate {option}in.wat", f"print --print-operand-stack {option}in.wat")
                if features != "wasm3"
                else ("print -f in.wat",)
            ):
                found = answers(command, {features: f"(module (tag) (func {line}))"}).splitlines()
                wrong = [
                    row.strip()
                    for row in found[2:]
                    if "error" in row or "invalid" in row or "0x" in row or row.strip()[:2] == "0:"
                ]
                told += f"{line} [{command.split()[0]} {features}]: {' '.join(wrong)}\n"
    assert told == golden


def test_binaries_that_look_like_text(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for command in (
        "parse -t",
        "parse",
        "print",
        "validate --features=mvp",
        "strip -t",
        "objdump",
        "metadata show",
        "component new -t",
    ):
        for text in (
            '(module binary "(module)")',
            '(module binary "ab")',
            '(component binary "(module)")',
            '(module binary "")',
        ):
            told += re.sub(r"\[[-0-9]+T[:0-9]+Z ", "[TIME ", answers(f"{command} in.wat", {f"{command} {text}": text}))
    assert told == golden
