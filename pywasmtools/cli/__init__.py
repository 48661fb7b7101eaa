"""The drop-in command.

main.py        the command line from row to row; what an error of ours looks like
commands.py    the subcommands, a row each: a new one is a row here and a file of its own
clap.py        the grammar: declared options, the walk over a command line, what was found
mistakes.py    what clap says of a mistaken command line: tips, usage lines
options.py     options that several commands have
new.py wit.py embed.py
               a command each: its options, its help page, and how it runs
output.py      results and errors to files and to the standard streams
help.py        the pages of groups of subcommands, from their rows
strip.py       terminal controls, stripped from what mistakes echo
handing_on.py  what is not ours, run under the real wasm-tools
"""
