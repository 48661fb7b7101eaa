"""`python -m pywasmtools`: the same as the `wasm-tools` command."""

from pywasmtools.cli import start

start()
