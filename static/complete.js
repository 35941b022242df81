// A field that completes what is typed from the <datalist> it names (the combobox pattern of the ARIA practices), alike
// by keyboard and on a phone. With `data-several` it holds names with commas between, and the one at the caret is
// completed. `data-label` of the list says what is in it. Without script a field of one name keeps the browser's own list.

const MOST = 12;

for (const input of document.querySelectorAll("input[list], input[data-list]")) {
  const names = document.getElementById(input.getAttribute("list") ?? input.dataset.list);
  if (names) complete(input, names);
}

function complete(input, names) {
  const several = "several" in input.dataset;
  const list = Object.assign(document.createElement("div"), { id: `${input.id}-options`, className: "options", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", names.dataset.label);
  const box = Object.assign(document.createElement("div"), { className: "search" });
  input.removeAttribute("list");
  input.dataset.completes = names.id;
  input.replaceWith(box);
  box.append(input, list);
  const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" };
  for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
  let active = -1;

  // The part that is completed: from the comma before the caret to the one behind it.
  function part() {
    const text = input.value;
    if (!several) return { from: 0, to: text.length, word: text.trim() };
    const at = input.selectionStart ?? text.length;
    const from = Math.max(text.lastIndexOf(",", at - 1), text.lastIndexOf(";", at - 1)) + 1;
    const behind = text.slice(from).search(/[,;]/);
    const to = behind < 0 ? text.length : from + behind;
    return { from, to, word: text.slice(from, to).replace(/:.*/, "").trim() };
  }

  // What is named already, here and in the other fields of the same list.
  function named() {
    const others = [...document.querySelectorAll(`[data-completes="${names.id}"]`)].filter((one) => one !== input);
    const texts = several ? input.value.split(/[,;]/).map((one) => one.replace(/:.*/, "")) : others.map((one) => one.value);
    return new Set(texts.map((text) => text.trim().toLowerCase()));
  }

  // Names that begin so, then those in which a later word does.
  function found(word) {
    const wanted = word.toLowerCase();
    const taken = named();
    const begins = (option) => option.value.toLowerCase().startsWith(wanted);
    const within = (option) => `${option.value} ${option.text}`.toLowerCase().split(/[^\p{L}\p{N}+#.]+/u).some((one) => one.startsWith(wanted));
    const free = [...names.options].filter((option) => !taken.has(option.value.toLowerCase()));
    return [...free.filter(begins), ...free.filter((option) => !begins(option) && within(option))].slice(0, MOST);
  }

  function item(option, at) {
    const element = Object.assign(document.createElement("div"), { id: `${list.id}-${at}`, textContent: option.value });
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    element.dataset.value = option.value;
    if (option.text && option.text !== option.value) element.append(Object.assign(document.createElement("small"), { textContent: option.text }));
    return element;
  }

  function open(word) {
    list.replaceChildren(...found(word).map(item));
    list.hidden = !list.children.length;
    list.classList.remove("left");
    input.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
  }

  function close() {
    list.hidden = true;
    list.classList.remove("left");
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  // A list in the flow keeps its room until the click that left it is over: what is clicked must not move away from it.
  function leave() {
    list.classList.add("left");
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(at) {
    [...list.children].forEach((element, other) => {
      element.classList.toggle("active", other === at);
      element.setAttribute("aria-selected", String(other === at));
    });
    active = at;
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(element) {
    const { from, to } = part();
    const chosen = element.dataset.value;
    const isLast = to === input.value.length;
    if (several) input.setRangeText(`${from ? " " : ""}${chosen}${isLast ? ", " : ""}`, from, to, "end");
    else input.value = chosen;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  input.addEventListener("input", () => {
    const { word } = part();
    word ? open(word) : close();
  });
  input.addEventListener("blur", leave);
  for (const kind of ["click", "keyup"]) document.addEventListener(kind, () => list.classList.contains("left") && close());
  input.addEventListener("keydown", (event) => {
    const count = () => list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open(part().word);
      if (list.hidden) return;
      const by = event.key === "ArrowDown" ? 1 : -1;
      activate(active < 0 && by < 0 ? count() - 1 : (active + by + count()) % count());
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // The field keeps the focus.
  list.addEventListener("click", ({ target }) => {
    const element = target.closest("[role=option]");
    if (element) choose(element);
  });
}
