"""Takes the docs out of JSON that `wasm-tools component wit --json` printed, and prints WIT: edit_json.py JSON"""

import json
import sys
from pathlib import Path
from typing import Any

from pywasmtools import resolve_from_json


def without_docs(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name != "docs"}


print(resolve_from_json(json.loads(Path(sys.argv[1]).read_text(), object_hook=without_docs)).to_wit(), end="")
