"""What shows and changes the sections of a binary, modules and components alike. Knows bytes; knows nothing of WIT.

    parts.py        binaries on their way out
    objdump.py      sections as a list
    strip.py        binaries without custom sections

Invariant: what does not change is a window of the input, and never copied.
"""
