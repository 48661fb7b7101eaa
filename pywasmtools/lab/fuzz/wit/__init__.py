"""Inputs that are WIT.

made.py        packages made of nothing: every form of type and item
lines.py       command lines over a package
worlds.py      the kind `worlds`: made packages
roundtrips.py  the kind `roundtrips`: what our commands make of packages, taken on
"""
