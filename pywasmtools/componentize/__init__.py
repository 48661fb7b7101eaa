"""Core modules and a world to a component: `component new`, and dummies for `embed`.

    linkage.py            what imports and exports mean: the classes that all below share; wanted core signatures
    core_names.py         what imports and exports are called, in each scheme
    classify_imports.py   names of imports to meanings
    classify_exports.py   names of exports to meanings
    classify.py           the walk over a module that asks both; imports that stand twice renamed
    adapters.py           an adapter reduced to what is needed, and given a stack
    options.py            which canonical options a function needs
    world.py              the plan: which functions are lowered, which types are live
    code.py               instructions and types for the modules written here
    shims.py              functions that stand in for what does not exist yet
    fixups.py             the module that puts the real ones where shims look
    types.py              where a component's types are written
    state.py              the component while it is written
    instantiation.py      core modules instantiated, in order
    encode_imports.py     what the component imports: instances, types, functions
    encode_exports.py     functions lifted and exported
    encoder.py            the entry
    dummy.py              a core module that fits a world and does nothing
    linking/              dynamic libraries to one component

Invariant: code and data of the input are slices of it; only what changes is encoded again.
"""
