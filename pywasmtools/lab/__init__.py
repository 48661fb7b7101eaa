"""For people: differential runs and what they need.

    diff.py       one command line under a real wasm-tools and under ours, compared byte for byte
    start.py      whether ours starts fast here: bytecode, measured times
    doctor.py     what runs when somebody types `wasm-tools`, and what to do about it
    grammar.py    WIT by its tree-sitter grammar; says in words where that is missing
    format.py     the one layout of a WIT file
    fmt.py        which files are formatted, and what is told of each
    commands.py   the `pywasmtools` command
    main.py       its script: says what to install where the extra is missing

Invariant: the only room that may load Typer, rich and tree-sitter; nothing below knows it.
"""
