"""The extension module of the binding: the generated parser, the scanner, and a function that hands out the language."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "tree_sitter_wit._binding",
            ["bindings/python/tree_sitter_wit/binding.c", "src/parser.c", "src/scanner.c"],
            depends=["src/tree_sitter/parser.h"],
            include_dirs=["src"],
            define_macros=[("Py_LIMITED_API", "0x030B0000"), ("PY_SSIZE_T_CLEAN", None)],
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
