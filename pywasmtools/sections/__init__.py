"""What shows and changes the sections of a binary, modules and components alike. Knows bytes; knows nothing of WIT.

    parts.py        binaries on their way out
    objdump.py      sections as a list
    strip.py        binaries without custom sections
    dependencies.py  the packages that a binary was made of
    metadata.py     what a binary says of itself
    graphemes.py    characters that belong together
    grapheme_tables.py   their tables
    table.py        tables with borders
    shown.py        metadata as tables, and as JSON
    add.py          metadata put in and taken out

Invariant: what does not change is a window of the input, and never copied.
"""
