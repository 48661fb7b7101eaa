"""The everyday commands beside the three, a file each: options, page, run.

    validate.py     `validate`
    print.py        `print`
    parse.py        `parse`
    objdump.py      `objdump`
    strip.py        `strip`
    metadata_show.py  `metadata show`
    metadata_add.py  `metadata add`
    link.py         `component link`
    unbundle.py     `component unbundle`
    targets.py      `component targets`
    semver_check.py  `component semver-check`

Invariant: none of them loads another, but `semver_check`, which has the options of `targets`; `link` has those of `new`.
"""
