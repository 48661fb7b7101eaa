"""Components against worlds, and worlds against each other: what fits is what validates, in a component made for it.

    fitting.py       a component that instantiates one in the place of another
    targets.py       does a component fit a world
    semver_check.py  does a world fit where another did
    renumber.py      a component with core types and modules under other numbers
    unbundle.py      core modules taken out of a component

Invariant: nothing is compared here; the validator has the only word.
"""
