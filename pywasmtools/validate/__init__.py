"""Is a binary valid, and what types do its items have.

    core/          core modules: types, index spaces, bodies
    component/     components: types, names, instances, canonical definitions
    validator.py   the stepper over both: fed one payload at a time, it shows its types so far

Invariant: the only account of types, index spaces and instances; whoever needs them drives `validator.py` and asks.
Function bodies are handed back to the driver.
"""
