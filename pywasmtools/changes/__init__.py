"""What differs between two binaries, or two packages of WIT, told from the outside in.

    model.py       what a comparison comes to: changes, and the parts of a binary that hold them
    compatible.py  whether one world may stand where another does
    wit.py         two worlds, interfaces or packages: what was added, removed or changed, as WIT
    module.py      a core module taken apart: index spaces with names, bodies, segments
    code.py        which functions of two modules are the same ones, and whose code differs
    core.py        two core modules: imports, exports, definitions, functions, data
    binary.py      two binaries with all that is nested in them

Invariant: nothing is told apart that means the same: docs and stability of WIT, numbers of functions and types, how
numbers are encoded. Where bytes differ for no other reason, that is said.
"""
