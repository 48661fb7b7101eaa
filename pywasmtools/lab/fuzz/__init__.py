"""Looking for command lines under which two programs differ.

source.py    what makes cases: the protocol
limits.py    work that is cut off where it takes too long
built_in.py  worlds, modules and components to begin with
seeds.py     inputs to begin with: from folders, built in, and what joined in a run
mutants.py   data with small mistakes
lines.py     which lines of ours a case reaches
batch.py     many cases at once, ours in one fork
state.py     the folder of a run
engine.py    workers that run cases, a parent that keeps what differs
"""
