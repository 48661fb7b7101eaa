// What the other libraries have of a C library: memory that is never given back, and what `libdl.so` needs.
typedef unsigned long size_t;

extern unsigned char __heap_base;
static unsigned char *top;

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  if (!top) top = &__heap_base;
  unsigned char *found = (unsigned char *)(((size_t)top + align - 1) / align * align);
  top = found + size;
  while ((size_t)top > __builtin_wasm_memory_size(0) * 65536ul) __builtin_wasm_memory_grow(0, 1);
  for (size_t i = 0; i < old_size && i < size; i++) found[i] = ((unsigned char *)old)[i];
  return found;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

int memcmp(const void *a, const void *b, size_t size) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < size; i++)
    if (x[i] != y[i]) return x[i] - y[i];
  return 0;
}
