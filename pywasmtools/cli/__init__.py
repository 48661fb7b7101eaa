"""The drop-in command."""
