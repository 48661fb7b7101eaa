// Finds another library by name, at run time.
extern void *dlopen(const char *name, int flags);
extern void *dlsym(void *library, const char *name);

__attribute__((export_name("ask"))) unsigned ask(unsigned x) {
  unsigned (*answer)(unsigned) = (unsigned (*)(unsigned))dlsym(dlopen("plugin.so", 2), "answer");
  return answer(x);
}
