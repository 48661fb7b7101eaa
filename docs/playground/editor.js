// The editor: a textarea whose text is drawn behind it, in colours, with what is wrong underlined, and lines numbered.

const TOKENS = /(\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|(@[a-z][a-z-]*)|(%?[A-Za-z_][\w-]*)/g;
const KEYWORDS = new Set(
  (
    "package world interface import export include use as with func async constructor static type record variant enum flags " +
    "resource"
  ).split(" "),
);
const TYPES = new Set(
  (
    "bool s8 s16 s32 s64 u8 u16 u32 u64 f32 f64 char string list option result tuple borrow own stream future map " +
    "error-context"
  ).split(" "),
);

/** Where in a text which class is drawn: `[start, end, class]`. */
function* tokens(text) {
  for (const found of text.matchAll(TOKENS)) {
    const [whole, comment, attribute, word] = found;
    let kind = comment ? "comment" : attribute ? "attribute" : "";
    if (KEYWORDS.has(word)) kind = "keyword";
    else if (TYPES.has(word)) kind = "type";
    if (kind) yield [found.index, found.index + whole.length, kind];
  }
}

export class Editor {
  constructor(textarea, backdrop, numbers) {
    Object.assign(this, { textarea, backdrop, numbers, wrong: null });
    textarea.addEventListener("input", () => {
      this.wrong = null;
      this.draw();
    });
    textarea.addEventListener("scroll", () => this.scroll());
  }

  get text() {
    return this.textarea.value;
  }

  set text(text) {
    this.textarea.value = text;
    this.textarea.scrollTo(0, 0);
    this.wrong = null;
    this.draw();
  }

  /** Underlines what is wrong, from `start` to `end`; null is nothing. */
  mark(start, end) {
    this.wrong = start === null ? null : [start, end];
    this.textarea.setAttribute("aria-invalid", String(this.wrong !== null));
    this.draw();
  }

  /** Selects a place in a line, counted from 1, and shows it. */
  goTo(line, start, end) {
    const { textarea } = this;
    textarea.focus();
    textarea.setSelectionRange(start, end);
    const height = this.backdrop.clientHeight / this.count;
    textarea.scrollTo(0, (line - 1) * height - textarea.clientHeight / 2);
  }

  draw() {
    const { text } = this;
    const drawn = document.createDocumentFragment();
    const edges = new Set([0, text.length]);
    const kinds = [...tokens(text)];
    for (const [start, end] of this.wrong ? [...kinds, this.wrong] : kinds) edges.add(start).add(end);
    const sorted = [...edges].sort((a, b) => a - b);
    let next = 0;
    const [from, to] = this.wrong ?? [-1, -1];
    const nothing = from === to || text.slice(from, to).trim() === "";
    for (let k = 0; k < sorted.length; k++) {
      const [start, end] = [sorted[k], sorted[k + 1] ?? text.length];
      if (start === from && nothing) drawn.append(span("", "wrong empty"));
      if (start === end) continue;
      while (next < kinds.length && kinds[next][1] <= start) next++;
      let kind = next < kinds.length && kinds[next][0] <= start ? kinds[next][2] : "";
      if (!nothing && start >= from && end <= to) kind += " wrong";
      drawn.append(kind ? span(text.slice(start, end), kind) : text.slice(start, end));
    }
    drawn.append("\n");
    this.backdrop.replaceChildren(drawn);
    const count = text.split("\n").length;
    if (this.count !== count) {
      this.count = count;
      this.numbers.textContent = Array.from({ length: count }, (_, k) => k + 1).join("\n");
    }
    this.scroll();
  }

  scroll() {
    const { scrollLeft, scrollTop } = this.textarea;
    this.backdrop.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    this.numbers.style.transform = `translateY(${-scrollTop}px)`;
  }
}

function span(text, kind) {
  const made = document.createElement("span");
  made.className = kind.trim();
  made.textContent = text;
  return made;
}
