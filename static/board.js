// The board: takes in what the other decides without taking away what one is using.

const parts = new Map();
let waiting = new Map();

// As the server sent it: without tokens, which differ each time, and without htmx's own marks.
function sent(part) {
  const copy = part.cloneNode(true);
  copy.removeAttribute("hx-swap-oob");
  copy.removeAttribute("class");
  for (const token of copy.querySelectorAll("input[name=csrfmiddlewaretoken]")) token.remove();
  return copy.outerHTML.replaceAll(/\s+/g, " ");
}
const remember = (part) => parts.set(part.id, sent(part));

const isTyped = (field) => field?.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=hidden])");
const isChanged = (field) =>
  field.matches("select")
    ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0
    : field.value !== field.defaultValue;
const key = (field) => field.id || `${field.form?.getAttribute("action")} ${field.name}`;
const fields = (part) => [...part.querySelectorAll("textarea, select, input")].filter(isTyped);
const focusable = "a, button, input, summary, select, textarea";
const likeness = (element) =>
  element.id || [element.tagName, element.name, element.value, element.getAttribute("href"), element.textContent.trim()].join("|");

// What the browser alone knows of a part: open details, typed text, and where the focus is.
function keep(part) {
  const open = [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  const typed = new Map(fields(part).filter(isChanged).map((field) => [key(field), field.value]));
  const active = part.contains(document.activeElement) ? likeness(document.activeElement) : null;
  return { open, typed, active };
}
function restore(part, { open, typed, active }) {
  for (const summary of part.querySelectorAll("details > summary"))
    if (open.includes(summary.textContent)) summary.parentElement.open = true;
  for (const field of fields(part)) if (typed.has(key(field))) field.value = typed.get(key(field));
  if (active && !part.contains(document.activeElement))
    [...part.querySelectorAll(focusable)].find((element) => likeness(element) === active)?.focus();
}

let kept = new Map();
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const arriving = fragment.getElementById?.(target.id) ?? fragment.querySelector(`#${target.id}`);
  if (!arriving) return;
  const before = parts.get(target.id) ?? sent(target);
  if (before === sent(arriving)) {
    event.detail.shouldSwap = false;
    waiting.delete(target.id);
  } else if (target.contains(document.activeElement) && isTyped(document.activeElement) && !arriving.querySelector("[data-focus]")) {
    // Somebody is choosing or typing here: it comes when they leave the field.
    event.detail.shouldSwap = false;
    waiting.set(target.id, arriving.cloneNode(true));
  } else {
    waiting.delete(target.id);
    kept.set(target.id, keep(target));
  }
});
document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => settled(target.id));

function settled(id) {
  const part = document.getElementById(id);
  if (!part) return;
  remember(part);
  if (kept.has(id)) restore(part, kept.get(id));
  kept.delete(id);
}

document.addEventListener("focusout", () => setTimeout(bringWaiting));
function bringWaiting() {
  const held = waiting;
  waiting = new Map();
  for (const [id, arriving] of held) {
    const part = document.getElementById(id);
    if (!part) continue;
    if (part.contains(document.activeElement) && isTyped(document.activeElement)) {
      waiting.set(id, arriving);
      continue;
    }
    kept.set(id, keep(part));
    arriving.removeAttribute("hx-swap-oob");
    part.replaceWith(arriving);
    window.htmx.process(arriving);
    settled(id);
  }
}

// j and k go from finding to finding, in the list and in the table.
document.addEventListener("keydown", (event) => {
  const step = { j: 1, k: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || isTyped(document.activeElement)) return;
  const links = [...document.querySelectorAll("#all .findings h3 a, [data-rows] tbody th a")];
  if (!links.length) return;
  const at = links.findIndex((link) => link === document.activeElement);
  const current = links.findIndex((link) => link.closest("[aria-current]"));
  const from = at < 0 ? (current < 0 ? (step > 0 ? -1 : links.length) : current) : at;
  links[Math.min(Math.max(from + step, 0), links.length - 1)].focus();
});

for (const part of document.querySelectorAll("#saw, #proposals, #all, #detail-head, #snippet, #same, #decide, #status, #evidence, #lesson-list"))
  remember(part);
