def language() -> object:
    """A capsule with the language, for `tree_sitter.Language`."""
