"""Numbers in JSON at the limits of their types, as serde_json names them where it did not expect one; and other odd JSON.

They stand in a `package-docs` section, which is where JSON is read.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

NUMBERS = """
    0
    -0
    1
    -1
    9
    10
    9223372036854775807
    9223372036854775808
    -9223372036854775808
    -9223372036854775809
    18446744073709551609
    18446744073709551610
    18446744073709551614
    18446744073709551615
    18446744073709551616
    18446744073709551619
    18446744073709551620
    -18446744073709551615
    -18446744073709551616
    184467440737095516150
    1844674407370955161500000
    0.5
    -0.5
    1.0
    1.50
    0.1
    0.30000000000000004
    1e0
    1e1
    1E+2
    1e-2
    -1e-2
    1.5e300
    1e308
    1.7976931348623157e308
    1.7976931348623159e308
    1e309
    -1e309
    1e-308
    5e-324
    2e-324
    1e-400
    0e999999999999
    1e2147483647
    1e2147483648
    1e-2147483649
    123456789.123456789e-5
    1e16
    1e15
    1e21
    1e-5
    1e-7
    100000000000000000000.5
    0.000000000000000000000000000001
    18446744073709551615.5
    18446744073709551616.5
    18446744073709551615e1
    18446744073709551616e-1
    01
    1.
    .1
    1e
    1e+
    -
    +1
    0x1
    1_0
    NaN
    true
    false
    null
    []
    {}
    [1]
    {"a":1}
    "text"
    ""
    "a\\u0000b"
    "\\u00e9é漢"
    "\\ud83d\\ude00"
"""
DEEP = ('{"worlds":VALUE}', '{"docs":VALUE}', '{"worlds":{"w":{"docs":VALUE}}}', '{"interfaces":{"i":{"funcs":VALUE}}}')


@pytest.mark.slow
def test_values(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for place in DEEP:
        for value in lines(NUMBERS):
            docs = "\\01" + place.replace("VALUE", value).replace("\\", "\\\\").replace('"', '\\"')
            text = f"""(component
  (type (component (export "a:b/i" (instance (export "f" (func))))))
  (export "i" (type 0))
  (type (component (export "a:b/w" (component (import "f" (func))))))
  (export "w" (type 2))
  (@custom "package-docs" "{docs}"))"""
            cases[place.replace("VALUE", value)] = text
    assert answers("component wit in.wat", cases) == golden
