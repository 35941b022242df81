// The category of a finding: a select becomes a field that searches names and meanings (the combobox pattern of the
// ARIA practices). Each option gives `data-help` and `data-cwe`; `[data-says]` beside it takes the help of the chosen
// one, or the select's `data-none` where nothing is found, and the field for the CWE id its usual number as a hint. The
// select stays, unseen, and is what the form sends.

export function enhance(select, cwe) {
  if (!select || select.hidden) return;
  new Search(select, cwe);
}

class Search {
  #active = -1;
  #shown = [];

  constructor(select, cwe) {
    this.select = select;
    this.cwe = cwe;
    this.says = select.parentElement.querySelector("[data-says]");
    this.input = this.#makeInput();
    this.list = this.#makeList();
    const box = Object.assign(document.createElement("div"), { className: "search" });
    box.append(this.input, this.list);
    select.hidden = true;
    select.after(box);
    select.addEventListener("change", () => this.#show());
    this.#show();
  }

  #makeInput() {
    const { select } = this;
    const input = Object.assign(document.createElement("input"), { type: "text", id: `${select.id}-search`, autocomplete: "off" });
    const described = select.getAttribute("aria-describedby");
    const said = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${select.id}-list` };
    if (described) said["aria-describedby"] = described;
    if (select.getAttribute("aria-invalid")) said["aria-invalid"] = "true";
    for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
    select.removeAttribute("aria-invalid");
    document.querySelector(`label[for="${select.id}"]`)?.setAttribute("for", input.id);
    input.addEventListener("input", () => this.#open(input.value));
    input.addEventListener("click", () => this.#open(""));
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#leave());
    return input;
  }

  #makeList() {
    const list = document.createElement("div");
    list.id = `${this.select.id}-list`;
    list.className = "options";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.querySelector(`label[for="${this.input.id}"]`)?.textContent ?? "");
    list.addEventListener("mousedown", (event) => event.preventDefault()); // The field keeps the focus.
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.#choose(this.#shown[[...this.#items()].indexOf(item)]);
    });
    return list;
  }

  #items = () => this.list.querySelectorAll("[role=option]");

  #show() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.text : "";
    const { help = "", cwe = "" } = option?.dataset ?? {};
    this.says.textContent = cwe ? `${help} CWE-${cwe}.` : help;
    if (this.cwe) this.cwe.placeholder = cwe;
  }

  // Options in which every word that is typed begins a word of the name, the group or the meaning.
  #found(text) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    return [...this.select.options].filter((option) => {
      const group = option.parentElement.label ?? "";
      const words = `${option.text} ${option.dataset.help ?? ""} ${group}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
      return option.value && wanted.every((one) => words.some((word) => word.startsWith(one)));
    });
  }

  #open(text) {
    this.#shown = this.#found(text);
    this.#active = -1;
    this.list.replaceChildren(...this.#groups());
    this.list.hidden = !this.#shown.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.list.hidden) this.says.textContent = this.select.dataset.none;
    this.#activate(text && this.#shown.length ? 0 : -1);
  }

  *#groups() {
    let box = null;
    for (const [at, option] of this.#shown.entries()) {
      const name = option.parentElement.label;
      if (box?.getAttribute("aria-label") !== name) {
        if (box) yield box;
        box = document.createElement("div");
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", name);
        box.append(Object.assign(document.createElement("b"), { textContent: name, ariaHidden: "true" }));
      }
      box.append(this.#item(option, at));
    }
    if (box) yield box;
  }

  #item(option, at) {
    const item = Object.assign(document.createElement("div"), { id: `${this.list.id}-${at}` });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(option.selected));
    const help = Object.assign(document.createElement("small"), { textContent: option.dataset.help });
    item.append(option.text, " ", help);
    return item;
  }

  #activate(at) {
    this.#items().forEach((item, other) => item.classList.toggle("active", other === at));
    this.#active = at;
    const item = this.#items()[at];
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const isOpen = !this.list.hidden;
    const last = this.#shown.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return this.#open("");
      const by = event.key === "ArrowDown" ? 1 : -1;
      return this.#activate(this.#active + by < 0 ? last : (this.#active + by) % (last + 1));
    }
    if (!isOpen) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.#active >= 0) this.#choose(this.#shown[this.#active]);
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#close();
    }
  }

  #choose(option) {
    this.select.value = option?.value ?? "";
    this.#close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  // What stands there whole is chosen; of anything else the choice that was made stays.
  #leave() {
    const text = this.input.value.trim().toLowerCase();
    const option = [...this.select.options].find((one) => one.value && one.text.toLowerCase() === text);
    this.#close();
    if (option && !option.selected) return this.#choose(option);
    if (!text && this.select.value) return this.#choose(null);
    this.#show();
  }
}
