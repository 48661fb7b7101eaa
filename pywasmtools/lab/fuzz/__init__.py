"""Looking for command lines under which two programs differ.

    source.py         what makes cases: the protocol
    limits.py         work that is cut off where it takes too long
    built_in.py       worlds, modules and components to begin with
    seeds.py          inputs to begin with: from folders, built in, and what joined in a run
    mutants.py        data with small mistakes
    over_binaries.py  command lines for binaries
    known.py          the kind `known`: what our own goldens are of
    mistakes.py       the kind `mistakes`: what there is, with small mistakes
    options.py        the kind `options`: command lines of our declared options
    descriptions.py   the kind `descriptions`: custom sections that are read as text
    lines.py          command lines over modules, components and texts
    splice.py         binaries changed by sections, items, instructions, numbers, bytes
    core/             core modules at random
    component/        components at random
    text/             text at random: spellings, a writer of modules, changes by forms
    modules.py        the kind `modules`: core modules
    components.py     the kind `components`: components and packages of WIT in binary
    wat.py            the kind `wat`: text
    wit/              kinds of WIT
    kinds.py          the kinds, a row each
    running/          what runs them

Invariant: the same random numbers and the same corpus make the same case, in every process.
"""
