"""Core modules: types, index spaces, bodies.

    types.py                 the arena of core types, types of items, sizes of types
    subtyping.py             reference types, value types, defined types; what modules import and export
    rec_groups.py            recursion groups made canonical: how types get their ids
    index_spaces.py          the spaces of a module as far as they are known
    operator_names.py        what messages call an instruction
    const_expr.py            constant expressions
    module.py                the stepper over a module's sections
    operand_stack.py         the operand and control stacks of a body, and their look-ups
    function.py              bodies: the hot loop, and what it leaves to the files below
    stepped.py               a body, one instruction at a time
    control_operators.py     blocks that begin or end in unusual ways; calls
    regular_operators.py     what the table types; bulk operations and shuffles
    features.py              what a set of features allows, asked where one is needed
    reference_operators.py   references, garbage collection, descriptors, continuations
    shared_operators.py      atomic access to globals, tables, structs and arrays

Invariant: errors are raised once, with the offset that the reference tells.
"""
