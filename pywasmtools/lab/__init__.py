"""For people: differential runs and what they need.

    workplace.py   a copy of a folder to run a command line in, which leads nowhere outside
    programs.py    the two programs that are compared, and what they say of their release
    diff.py        one command line under a real wasm-tools and under ours, compared byte for byte
    binaries.py    two binaries held against each other: sections, where they part, text
    case.py        a case: command line, files and stdin, kept as a folder
    pair.py        cases under both programs, thousands a minute
    cause.py       what a difference comes from, in words that differences of one cause share
    fuzz/          looking for command lines under which the two differ
    reduce/        a case made small while its cause stays
    show.py        what a differential run came to, in a terminal
    page.py        the same as a page of HTML
    shadow.py      stands as `wasm-tools` in a build, and leaves comparisons behind
    shadow_log.py  the log of those: set up, shown, run again, handed on
    start.py       whether ours starts fast here: bytecode, measured times
    doctor.py      what runs when somebody types `wasm-tools`, and what to do about it
    grammar.py     WIT by its tree-sitter grammar; says in words where that is missing
    format.py      the one layout of a WIT file
    fmt.py         which files are formatted, and what is told of each
    tools/         what people ask of WIT, components and modules
    commands.py    the `pywasmtools` command
    main.py        its script: says what to install where the extra is missing

Invariant: the only room that may load Typer, rich and tree-sitter; nothing below knows it.
"""
