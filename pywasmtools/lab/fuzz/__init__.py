"""Looking for command lines under which two programs differ.

source.py         what makes cases: the protocol
limits.py         work that is cut off where it takes too long
built_in.py       worlds, modules and components to begin with
seeds.py          inputs to begin with: from folders, built in, and what joined in a run
mutants.py        data with small mistakes
over_binaries.py  command lines for binaries
mistakes.py       the kind `mistakes`: what there is, with small mistakes
options.py        the kind `options`: command lines of our declared options
kinds.py          the kinds, a row each
wit/              kinds of WIT
running/          what runs them
"""
