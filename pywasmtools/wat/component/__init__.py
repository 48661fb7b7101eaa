"""Components in text.

    ast.py           fields and types with their names
    parse_types.py   types, names of imports and exports, references to items
    parse.py         fields
    expand.py        abbreviations written out
    resolve.py       names to indices, aliases of what is outside
    encode.py        fields to bytes; those that follow each other share a section
    entry.py         the steps in order

Invariant: a field is parsed once, expanded once, resolved once; each step uses up the one before.
"""
