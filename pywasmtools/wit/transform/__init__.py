"""What is done to a `Resolve`.

    remap.py          the tables of old to new ids, and feature gates
    elaborate.py      all that a world's items depend on, listed in order
    include.py        `include` of one world in another
    push.py           an unresolved package becomes part of a `Resolve`
    merge.py          one `Resolve` into another, one world into another
    importize.py      a world turned round
    minimal.py        a `Resolve` cut down to what one world or interface reaches
    semver_merge.py   imports in several compatible versions become one
    nominal.py        an interface used twice becomes two
    select_world.py   the world that a user's name means

Invariant: ids of what was there before stay what they were, but for the tables that are handed back.
"""
