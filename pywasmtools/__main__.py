"""`python -m pywasmtools`: the same as the `wasm-tools` command."""

import sys

if not sys.flags.safe_path and __package__:
    # `-m` puts the working folder there, and modules of the standard library that are loaded later are not to come from it.
    del sys.path[0]

from pywasmtools.cli import start

start()
