"""`python -m pywasmtools`: the same as the `wasm-tools` command."""

from pywasmtools.cli.main import entry

entry()
