"""Is a binary valid, and what types do its items have."""
