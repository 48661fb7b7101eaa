// The application: its exports are those of the world `app`, with the names and signatures of the canonical ABI.
struct note { const char *title; unsigned length, size; };

extern struct note notes[];
extern unsigned count;
extern unsigned (*on_add)(const char *, unsigned);

static unsigned factor;
static struct { const void *at; unsigned length; } result;

__attribute__((constructor)) static void begin(void) { factor = 10; }

unsigned worth(const char *title, unsigned length) { return factor * length + (unsigned char)title[0]; }

__attribute__((export_name("t:c/notes#add"))) unsigned add(const char *title, unsigned length) {
  return on_add(title, length);
}

__attribute__((export_name("t:c/notes#all"))) void *all(void) {
  result.at = notes;
  result.length = count;
  return &result;
}

__attribute__((export_name("sum"))) int sum(const int *numbers, unsigned length) {
  int found = 0;
  for (unsigned i = 0; i < length; i++) found += numbers[i];
  return found;
}
