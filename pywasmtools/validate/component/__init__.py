"""Components: types, names, instances, canonical definitions."""
