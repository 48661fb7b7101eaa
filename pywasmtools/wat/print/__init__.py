"""Binaries in text.

    writer.py        lines, indentation, groups, colours
    names.py         what items are called
    floats.py        floats, exact
    types.py         core types
    classes.py       how opcodes are treated
    operators.py     instructions: bodies and constant expressions
    arity.py         how many operands and results an instruction has
    folded.py        instructions with their operands inside of them
    stack_lines.py   the operand stack behind each instruction
    bodies.py        bodies as options want them: offsets, folded, with stacks
    annotations.py   custom sections
    module.py        sections of core modules
    shares.py        function bodies printed by several processes
    component.py     sections of components
    printer.py       the walk: the entry

Invariant: what was printed before an error stands; nothing is validated here but what
`stack_lines.py` needs, which only tells of it.
"""
