"""WIT as text, read and resolved."""
