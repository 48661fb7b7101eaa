"""Core modules in text."""
