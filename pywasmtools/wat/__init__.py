"""The text format: text to binary, binary to text.

    char_widths.py   how many columns a line takes, for the caret
    lexer.py         tokens, over bytes, and errors that point into the source
    floats.py        float literals to bits
    dwarf.py         DWARF for what was given as text
    cursor.py        a place in a file: its next tokens, and what was expected
    sections.py      the sections of a core module and their places, by name
    core/            core modules: parsed, resolved, encoded
    component/       components: parsed, written out, resolved, encoded
    parse.py         the entry: text to binary
    print/           binary to text; knows nothing of the other two

Invariant: parsing goes before names, names before encoding; an error of an earlier step wins.
"""
