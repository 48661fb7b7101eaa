"""Dummy modules of worlds with streams, futures and async functions, under each scheme of names, as the reference makes them."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

WIT = """package a:b;
interface i {
  resource r { constructor(); m: async func(s: stream<u8>) -> future<r>; }
  f: func(s: stream<string>, t: stream, u: future) -> future<list<u8>>;
}
world w { import i; export i; import g: async func(s: stream<u8>); export h: async func() -> future<string>; }
"""
OPTIONS = [
    "--dummy",
    *(
        f"--dummy-names {n}{a}"
        for n in ("legacy", "standard32")
        for a in ("", " --async-callback", " --async-stackful")
    ),
]


@pytest.mark.parametrize("option", range(len(OPTIONS)))
def test_dummies(option: int, answers: Answers, golden: SnapshotAssertion) -> None:
    assert answers(f"component embed -t {OPTIONS[option]} in.wit", {"in.wit": WIT}) == golden
