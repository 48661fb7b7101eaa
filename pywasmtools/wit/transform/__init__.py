"""What is done to a `Resolve`."""
