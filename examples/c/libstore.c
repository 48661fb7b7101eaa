// Notes, as the canonical ABI lays them out. What a note is worth is asked of the application, which asks for this library.
struct note { const char *title; unsigned length, size; };

extern unsigned worth(const char *title, unsigned length);

struct note notes[16];
unsigned count;

static unsigned store(const char *title, unsigned length) {
  notes[count] = (struct note){title, length, worth(title, length)};
  return ++count;
}

unsigned (*on_add)(const char *, unsigned) = store;
