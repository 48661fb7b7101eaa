"""The drop-in command.

    strip.py        terminal controls, stripped from what mistakes echo
    styles.py       clap's styles, and when a stream has them
    mistakes.py     what is said of a mistaken command line: tips, usage lines
    clap.py         the argument grammar of the reference, over declared options
    output.py       results and errors: bytes to files and streams
    options.py      options that several commands have
    help.py         the pages of groups of subcommands, and what `help` says of itself
    commands.py     the subcommands, a row each: a new one is a row here and a file of its own
    wit.py          `component wit`: its options, its page, its run
    embed.py        `component embed`
    new.py          `component new`
    locales.py      arguments under a locale that is not UTF-8
    handing_on.py   what is not ours, run under the real wasm-tools
    main.py         the entry: from row to row; errors told

Invariant: nothing of the standard library beyond what a bare interpreter has loaded; a command loads only its rooms.
"""
