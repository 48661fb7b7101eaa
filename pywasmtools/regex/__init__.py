"""Regular expressions as Rust's `regex` crate has them: its syntax, its Unicode, and what it says of a pattern that it refuses.

    sets.py                sets of characters
    errors.py              refused patterns, with carets
    nodes.py               what a pattern is parsed into
    unicode_names.py       names of properties and of their values
    unicode_categories.py  general categories, words, and what differs only in case
    unicode_properties.py  properties that hold or don't
    unicode_scripts.py     scripts, and versions of Unicode
    unicode_breaks.py      breaks of graphemes, words and sentences
    unicode.py             sets by name
    parser.py              text to nodes
    program.py             nodes to a program, and running it
    compile.py             the entry: patterns to a program

Loaded only where a pattern was given. A match takes time in proportion to text and program, whatever the pattern.
"""
