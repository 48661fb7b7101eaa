"""Words that both languages share."""
