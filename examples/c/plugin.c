// The library that is found by name.
unsigned answer(unsigned x) { return x + 1; }
