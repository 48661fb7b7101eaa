"""The binary format: reading and writing it, item by item. Knows bytes, nothing of WIT."""
