"""Core modules and a world to a component."""
