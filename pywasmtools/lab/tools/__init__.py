"""What people ask of WIT, components and modules, as subcommands: the library's functions with a terminal around them.

    files.py      inputs that the command line names, and results that become files
    listed.py     a listing as lines and as a tree
    explained.py  what differs, as a tree
    commands.py   the subcommands
    quick.py      `assemble` at the cost of one start

Invariant: a result is complete before the file that it becomes is opened, so that may be an input.
"""
