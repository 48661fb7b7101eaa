"""Components at random.

    scope.py   a component that is being made: its index spaces, types, imports, exports
    canons.py  lifting, lowering, every built-in
    whole.py   whole components, nested ones too

Invariant: what the index spaces hold is what was written, in its order.
"""
