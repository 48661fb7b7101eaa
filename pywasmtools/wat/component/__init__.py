"""Components in text."""
