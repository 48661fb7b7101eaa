"""Words that both languages share, as the crates of the reference read and print them.

    names.py            component names: kebab labels, plain names with annotations, interface names and versions
    semver.py           versions read, ordered, printed; the tracks of compatible ones
    rust_debug.py       characters, strings and options inside messages, as Rust's Debug prints them
    unicode_tables.py   which characters may stand in identifiers, and which Debug prints as they are
    json_quote.py       JSON strings, written
    json_cursor.py      JSON text, walked, with serde_json's messages and places
    serde_json.py       JSON text read into shapes, with serde's messages

Invariant: nothing here knows a byte of WebAssembly or a word of WIT's model.
"""
