// A component without a runtime: it greets on stdout, each argument on a line of its own.
// The world is in wit/hello.wit; hello.wasm is made of this file by the command in ../README.md.

typedef unsigned int u32;
typedef unsigned char u8;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("wasi:cli/environment@0.2.0", "get-arguments") void get_arguments(u32 *result);
IMPORT("wasi:cli/stdout@0.2.0", "get-stdout") int get_stdout(void);
IMPORT("wasi:io/streams@0.2.0", "[method]output-stream.blocking-write-and-flush")
void blocking_write_and_flush(int stream, const u8 *bytes, u32 length, u32 *result);
IMPORT("wasi:io/streams@0.2.0", "[resource-drop]output-stream") void drop_output_stream(int stream);

static u8 heap[65536];
static u32 top;

// The canonical ABI's allocator: it only ever grows, for this program soon ends.
EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 old_size, u32 align, u32 size) {
  top = (top + align - 1) / align * align;
  if (top + size > sizeof heap) __builtin_trap();
  u8 *block = heap + top;
  top += size;
  for (u32 i = 0; i < old_size && i < size; i++) block[i] = ((u8 *)old)[i];
  return block;
}

static void print(int stream, const u8 *bytes, u32 length) {
  u32 result[3];
  blocking_write_and_flush(stream, bytes, length, result);
}

EXPORT("wasi:cli/run@0.2.0#run") int run(void) {
  u32 arguments[2];
  get_arguments(arguments);
  int stream = get_stdout();
  print(stream, (const u8 *)"hello, component\n", 17);
  u32 *strings = (u32 *)arguments[0];
  for (u32 i = 1; i < arguments[1]; i++) {
    print(stream, (const u8 *)strings[2 * i], strings[2 * i + 1]);
    print(stream, (const u8 *)"\n", 1);
  }
  drop_output_stream(stream);
  return 0;
}
