"""Dynamic libraries to one component that has them all: `component link`.

    library.py      what a library says of itself
    symbols.py      who exports what others import; the order of instantiation
    tables.py       tables in memory: what `dlopen` finds, and where thread-local storage is
    env_module.py   the module that has memory and table, and the functions that break circles; stubs
    startup.py      what is done when all libraries are there: addresses, relocations, constructors
    libdl.py        the library that is built in: what is known of it
    linker.py       the entry

Invariant: addresses are unsigned and wrap at 32 bits; lists of symbols are in the order of their names.
"""
