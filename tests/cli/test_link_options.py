"""The command line of `component link`: many modules, their names, sizes of the stack. Goldens are the reference's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from answers import Replies, asked, lines, replies  # noqa: F401
from syrupy.assertion import SnapshotAssertion

COMMANDS = """
    link -t
    link a.wat b.wat -t
    link a.wat -t b.wat
    link nowhere.wat
    link a.wat nowhere.wat b.wat
    link bad.wat -t
    link a.wat --bogus
    link a.wat b.wat --bogus
    link --bogus a.wat
    link --dl-openable
    link --dl-openable=a.wat -t
    link --dl-openable a.wat b.wat -t
    link --dl-openable a.wat --dl-openable x=b.wat -t
    link --dl-openable nowhere
    link --stack-size
    link --stack-size=
    link --stack-size x
    link --stack-size -1
    link --stack-size=-1
    link --stack-size=+7 -t
    link --stack-size=00000000000000000000000000007 -t
    link --stack-size=4294967296
    link --stack-size=9223372036854775807
    link --stack-size=9223372036854775808
    link --stack-size=-9223372036854775808
    link --stack-size=-9223372036854775809
    link --stack-size=0x10
    link --stack-size=\u0664
    link --stack-size=+
    link --stack-size 1 --stack-size 2
    link -t -t
    link --stub-missing-functions=1
    link --stub-missing-functions --stub-missing-functions
    link --use-built-in-libdl -t
    link a.wat --stub-missing-function
    link a.wat --stack
    link a.wat --dl
    link a.wat --skip-validation --validate
    link a.wat --validate=maybe
    link -- a.wat -t
    link a.wat -o
    link a.wat -v --color purple
    link a.wat -g
    link a.wat --import-name a=b
    link --version
    link x=a.wat =b.wat -t
    link x= -t
    link folder
    link ./a.wat -t
    link a.wat/. -t
    link a.wat --adapt nowhere.wasm
    link a.wat --adapt old=b.wat -t
    link a=b=c.wat
    link -tx a.wat
    link a.wat help
"""

OPENABLE = """
    link --dl-openable a.wat
    link --dl-openable=folder/../a.wat
    link --dl-openable x=a.wat
    link --dl-openable=x=a.wat
    link --dl-openable =a.wat
    link --dl-openable a.wat/.
    link --dl-openable b.wat --dl-openable a.wat
"""


@pytest.fixture(autouse=True)
def modules(asked: object, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Two modules, what is none, and a folder."""
    monkeypatch.setenv("PATH", "")
    for name, text in (("a.wat", "(module)"), ("b.wat", "(module)"), ("bad.wat", "(module (func")):
        Path(name).write_text(text)
    Path("folder").mkdir()


@pytest.mark.skipif(sys.platform == "win32", reason="`a.wat/.` is a file there")
def test_command_lines(replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert replies([f"component {line}" for line in lines(COMMANDS)]) == golden


@pytest.mark.skipif(sys.platform == "win32", reason="`a.wat/.` is a file there")
def test_names_of_libraries(replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert replies([f"component {line} -t" for line in lines(OPENABLE)]) == golden
