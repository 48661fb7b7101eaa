"""Looking for command lines under which two programs differ.

    source.py      what makes cases: the protocol
    lines.py       command lines over modules, components and texts
    splice.py      binaries changed by sections, items, instructions, numbers, bytes
    core/          core modules at random
    component/     components at random
    text/          text at random: spellings, a writer of modules, changes by forms
    modules.py     the source of core modules
    components.py  the source of components and packages of WIT in binary
    wat.py         the source of texts

Invariant: the same random numbers and the same corpus make the same case, in every process.
"""
