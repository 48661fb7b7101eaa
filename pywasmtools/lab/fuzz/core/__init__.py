"""Core modules at random, from the table of instructions.

    model.py     a module as lists of items, written in binary
    stock.py     a module that grows as its bodies ask for things
    typings.py   irregular instructions: immediates, operands, results
    bodies.py    function bodies that type-check more often than not
    sections.py  whole modules, custom sections
    faults.py    modules with a mistake that only what they mean shows
    worlds.py    small worlds, and modules that fit them
    adapters.py  an adapter, and a module that uses it

Invariant: an index that was given out stays what it is: what is added goes behind.
"""
