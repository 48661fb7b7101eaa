"""For people: differential runs and what they need."""
