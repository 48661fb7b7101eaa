"""For people: differential runs and what they need.

    diff.py       one command line under a real wasm-tools and under ours, compared byte for byte
    start.py      whether ours starts fast here: bytecode, measured times
    doctor.py     what runs when somebody types `wasm-tools`, and what to do about it
    commands.py   the `pywasmtools` command
    main.py       its script: says what to install where the extra is missing

Invariant: the only room that may load Typer and rich; nothing below knows it.
"""
