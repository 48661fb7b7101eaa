"""WIT as wasm: written and read back."""
