"""The interface language and its model. Knows text, nothing of bytes."""
