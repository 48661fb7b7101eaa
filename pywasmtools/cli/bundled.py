"""Empty. The file of its bytecode is where the bundle lies (`bundle.py`): what removes the package or cleans up bytecode removes it too."""
