"""WebAssembly text at random.

    spellings.py  tokens in the ways that they can be written
    writer.py     a core module as text
    forms.py      text changed by forms and tokens
    texts.py      components as text
    related.py    components that instantiate one thing with another of nearly the type that it wants

Invariant: nothing here reads text but by its parentheses.
"""
