"""Components: types, names, instances, canonical definitions.

    types.py              the arena of component types, and what a driver may ask of it
    resources.py          what resources a type refers to; one put for another
    named_types.py        whether what an import or export refers to has a name
    subtyping.py          is `a`, what is there, good for `b`, what is wanted
    external_names.py     may an import or export have its name
    state.py              one component, or one component or instance type, while it is read
    type_definitions.py   types and aliases, from the reader to the arena
    instantiation.py      instances of modules and components, bundles of items
    lowering.py           the core function that a component function is lifted from or lowered to
    features.py           canonical built-ins and names that need a feature
    canon.py              canonical definitions, checked and given their core types

Invariant: type ids are ints of one arena; kinds compare by structure, without offsets.
"""
