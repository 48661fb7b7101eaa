"""Is a binary valid, and what types do its items have.

    core/               core modules: types, index spaces, bodies
    component/          components: types, names, instances, canonical definitions
    validator.py        the stepper over both: fed one payload at a time, it shows its types so far
    custom_sections.py  names and branch hints, checked against what they are of
    dwarf.py            DWARF: units, entries, ranges
    dwarf_lines.py      DWARF: which line of which file an address comes from
    source_places.py    where in its source an instruction comes from, as DWARF has it
    whole.py            a whole binary under a set of features, as `validate` does it

Invariant: the only account of types, index spaces and instances; whoever needs them drives `validator.py` and asks.
Function bodies are handed back to the driver.
"""
