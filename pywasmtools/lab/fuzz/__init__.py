"""Looking for command lines under which two programs differ.

    source.py         what makes cases: the protocol
    limits.py         work that is cut off where it takes too long
    built_in.py       worlds, modules and components to begin with
    seeds.py          inputs to begin with: from folders, built in, and what joined in a run
    mutants.py        data with small mistakes
    over_binaries.py  command lines for binaries
    mistakes.py       the kind `mistakes`: what there is, with small mistakes
    options.py        the kind `options`: command lines of our declared options
    adapters.py       modules that use an adapter, and adapters
    bodies.py         function bodies that type-check more often than not
    components.py     the kind `components`
    lines.py          command lines over modules and components
    model.py          a module as lists of items
    modules.py        the kind `modules`
    sections.py       changes of binaries by their sections
    splice.py         changes of binaries
    stock.py          names, types and numbers to choose from
    typings.py        what instructions take and leave
    worlds.py         modules that fit a world
    kinds.py          the kinds, a row each
    wit/              kinds of WIT
    running/          what runs them

Invariant: a case is made of random numbers and a corpus alone; nothing here knows what ran before.
"""
