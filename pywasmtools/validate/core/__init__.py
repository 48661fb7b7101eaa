"""Core modules: types, bodies, sections."""
