"""A case made small while what is interesting about it stays: its cause, or the place where the reference panics.

    ddmin.py      which of many items are needed: halves first
    state.py      the smallest case so far, and whether another one is as interesting
    units.py      text as a tree of parts that can be left out; names hold the parts that they need
    wit.py        WIT by the nodes of its grammar
    wat.py        WAT by its forms
    text.py       any text or bytes: lines, words, characters
    code.py       the body of a function by its instructions
    module.py     a core module as its items, written again without some of them
    component.py  a component as its items at all levels, likewise
    simpler.py    simpler values of items
    binary.py     binaries by their items, bodies, sections and bytes
    words.py      the command line by its options
    inputs.py     the case to begin with: a folder that was kept, or a command line here
    show.py       how it goes, and what came of it
    passes.py     all of it, again and again until nothing helps: `reduce_case`

Invariant: a candidate is smaller than the best so far, or as large and simpler; so every loop comes to an end.
"""
