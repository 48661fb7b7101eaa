"""The drop-in command.

    clap.py       the argument grammar of the reference, over declared options
    strip.py      what usage errors lose on their way out
    output.py     results and errors: bytes to files and streams
    commands.py   options, declared
    help.py       help pages
    wit.py        `component wit`
    embed.py      `component embed`
    new.py        `component new`
    main.py       the entry: which command, run, errors told

Invariant: nothing of the standard library beyond what a bare interpreter has loaded; a command loads only its rooms.
"""
