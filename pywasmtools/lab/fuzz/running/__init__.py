"""A run of `fuzz`.

    reached.py  which lines of ours a case reaches
    batch.py    many cases at once, ours in one fork
    state.py    the folder of a run
    engine.py   workers that run cases, a parent that keeps what differs
    view.py     a run as a person sees it
    run.py      the command: what is asked for, made a plan

Invariant: only the parent writes to the folder of a run; a worker may end at any moment.
"""
