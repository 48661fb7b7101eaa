"""Is a binary valid, and what types do its items have.

    core/               core modules: types, index spaces, bodies
    component/          components: types, names, instances, canonical definitions
    validator.py        the stepper over both: fed one payload at a time, it shows its types so far
    custom_sections.py  names and branch hints, checked against what they are of
    dwarf.py            DWARF: sections, forms of values, abbreviations, ranges
    dwarf_units.py      DWARF: the units of a module, and the addresses that each is of
    dwarf_functions.py  DWARF: which function an address is in, and what it is called
    dwarf_lines.py      DWARF: which line of which file an address comes from
    rust_names.py       names of functions as they are shown
    source_places.py    where in its source an instruction comes from, as DWARF has it
    workers.py          function bodies shared out among processes
    whole.py            a whole binary under a set of features, as `validate` does it

Invariant: the only account of types, index spaces and instances; whoever needs them drives `validator.py` and asks.
Function bodies are handed back to the driver.
"""
