"""What only descriptive sections need: URLs, international hosts and licences.

    url.py           URLs as the web reads and writes them
    idna.py          hosts of URLs to ASCII, and Punycode
    uts46.py         the steps for hosts beyond ASCII: mapping, NFC, joiners, bidirectional labels
    idna_tables.py   what those steps need of Unicode
    spdx.py          licence expressions, read strictly
    spdx_lists.py    the identifiers of the SPDX licence list

Invariant: loaded only when a binary has such a section; one caller, `wasm/descriptions.py`.
"""
