"""Looking for command lines under which two programs differ.

source.py  what makes cases: the protocol
"""
