"""Binaries in text."""
