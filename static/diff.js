// Reading a diff with keys and pointer; without this module the page still works.
//
// The page gives:
// - `.file[data-path]`: one file. Inside, `table.diff` with cells `td.old` and `td.new`, each with a link that is its
//   line number; `.viewing` (hidden until now) with radios of value "split" and "unified".
// - `a[data-finding-form]`: leads to the page of the form for a finding. With lines selected, the same address with
//   `?path=&side=old|new&from=&to=` is asked for with `HX-Request`, and the form that comes stands below the lines.
// - in that form, `[data-cancel]`: takes it away again. The server puts saved findings into the page by itself.
// - `[popover][data-keys]`: the list of keys.

const side = (cell) => (cell.classList.contains("old") ? "old" : "new");
const number = (cell) => Number(cell.querySelector("a").textContent);
const isLine = (cell) => cell instanceof Element && cell.matches(".diff td:is(.old, .new):not(.none)");
const cellOf = (target) => {
  const cell = target.closest?.(".diff td") ?? null;
  return isLine(cell) ? cell : null;
};

let from = null; // where the selection began
let to = null; // its other end, and the current line
let form = null; // the open form's tbody

// ---- lines in the order in which they are seen

const isUnified = (file) => getComputedStyle(file.querySelector(".diff")).display === "block";

// The lines of a tbody in reading order. Side by side a row counts once: its new cell, or the old one where there is
// none. Unified, a change shows its old lines first, and context shows once.
function linesIn(body, unified) {
  const cells = (side) => [...body.querySelectorAll(`td.${side}[id]`)];
  if (unified) return body.matches(".change") ? [...cells("old"), ...cells("new")] : cells("new");
  return [...body.rows].map((row) => row.querySelector("td.new[id]") ?? row.querySelector("td.old[id]")).filter(Boolean);
}

function linesOf(file) {
  const unified = isUnified(file);
  return [...file.querySelector(".diff").tBodies].flatMap((body) => linesIn(body, unified));
}

const files = () => [...document.querySelectorAll(".file[data-path]")].filter((file) => file.querySelector(".diff"));

function step(by) {
  const all = files();
  if (!to) return all.length ? linesOf(all[0])[0] : null;
  const file = to.closest(".file");
  const lines = linesOf(file);
  let at = lines.indexOf(to);
  if (at < 0) at = lines.findIndex((cell) => cell.parentElement === to.parentElement);
  if (lines[at + by]) return lines[at + by];
  const next = all[all.indexOf(file) + by];
  return next ? linesOf(next).at(by > 0 ? 0 : -1) : null;
}

// The first line of the next or previous change. A note inside a change does not make two of it.
function change(by) {
  const isFirst = (body) => {
    let above = body.previousElementSibling;
    while (above?.matches(".says")) above = above.previousElementSibling;
    return !above?.matches(".change");
  };
  const starts = [...document.querySelectorAll(".file[data-path] .diff > .change")]
    .filter((body) => isFirst(body) && (by < 0 || body !== to?.closest("tbody")))
    .map((body) => linesIn(body, isUnified(body.closest(".file")))[0])
    .filter((cell) => cell && cell !== to);
  if (!to) return starts.at(by > 0 ? 0 : -1);
  const follows = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
  return by > 0 ? starts.find((cell) => follows(to, cell)) : starts.findLast((cell) => follows(cell, to));
}

// ---- the selection: lines of one side of one file

function selected() {
  if (!from || !to) return [];
  const [first, last] = [number(from), number(to)].sort((a, b) => a - b);
  const cells = to.closest(".diff").querySelectorAll(`td.${side(to)}[id]`);
  return [...cells].filter((cell) => number(cell) >= first && number(cell) <= last);
}

function select(cell, { stretch = false, focus = true } = {}) {
  if (!cell) return;
  document.querySelectorAll(".diff td.sel").forEach((old) => old.classList.remove("sel"));
  const canStretch = stretch && from && side(from) === side(cell) && from.closest(".diff") === cell.closest(".diff");
  to = cell;
  if (!canStretch) from = cell;
  selected().forEach((line) => line.classList.add("sel"));
  rove(cell);
  if (!focus) return;
  cell.querySelector("a").focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest" });
}

function rove(cell) {
  cell.closest(".diff").querySelectorAll("td > a:not([tabindex])").forEach((link) => link.setAttribute("tabindex", "-1"));
  cell.querySelector("a").removeAttribute("tabindex");
}

function letGo() {
  document.querySelectorAll(".diff td.sel").forEach((cell) => cell.classList.remove("sel"));
  from = to = null;
}

// Shift with a key stretches along one side; lines of the other side are passed over.
function stretch(by) {
  if (!to) return select(step(by));
  const lines = [...to.closest(".diff").querySelectorAll(`td.${side(to)}[id]`)];
  select(lines[lines.indexOf(to) + by], { stretch: true });
}

// ---- the form for a finding

function address(link) {
  const url = new URL(link.href);
  const lines = selected();
  if (!lines.length) return url;
  url.searchParams.set("path", to.closest(".file").dataset.path);
  url.searchParams.set("side", side(to));
  url.searchParams.set("from", number(lines[0]));
  url.searchParams.set("to", number(lines.at(-1)));
  return url;
}

// The form's row stands after its line; a run of changes is parted there, as the server does it.
function place(cell, html) {
  const row = cell.parentElement;
  const body = row.parentElement;
  const says = document.createElement("tbody");
  says.className = "says";
  says.setAttribute("role", "rowgroup");
  says.innerHTML = `<tr role="row"><td colspan="2" role="cell">${html}</td></tr>`;
  const rest = body.cloneNode(false);
  while (row.nextElementSibling) rest.append(row.nextElementSibling);
  body.after(says);
  if (rest.children.length) says.after(rest);
  return says;
}

function close() {
  if (!form) return;
  const [before, after] = [form.previousElementSibling, form.nextElementSibling];
  form.remove();
  form = null;
  if (after && before?.className === after.className && !after.matches(".says, .hunk")) {
    before.append(...after.children);
    after.remove();
  }
}

const isTouched = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;

// What somebody has begun to write is not thrown away, other than by Cancel.
const started = () => [...(form?.querySelectorAll("input, textarea") ?? [])].find(isTouched);

async function open(link) {
  if (started()) return started().focus();
  const url = address(link);
  const line = selected().at(-1);
  if (!line) return location.assign(url);
  let answer;
  try {
    answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  } catch {
    return location.assign(url);
  }
  // Signed out, refused or gone: the page itself says so.
  if (!answer.ok || answer.redirected) return location.assign(url);
  const html = await answer.text();
  close();
  form = place(line, html);
  window.htmx?.process(form);
  const first = form.querySelector("[autofocus], [data-focus], input[name=title]");
  (first ?? form.querySelector("textarea, input:not([type=hidden])"))?.focus();
  form.scrollIntoView({ block: "nearest" });
}

function cancel() {
  const back = to;
  close();
  if (back) select(back);
}

// ---- side by side or unified, remembered by file

const MEMORY = "preceptor-diff-views";
const MOST_REMEMBERED = 200;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}

function remember(path, view) {
  const { [path]: _old, ...others } = remembered();
  const entries = [...Object.entries(others), [path, view]].slice(-MOST_REMEMBERED);
  try {
    localStorage.setItem(MEMORY, JSON.stringify(Object.fromEntries(entries)));
  } catch {
    // Storage may be closed or full; the choice then lasts as long as the page.
  }
}

function prepare(file) {
  const choice = file.querySelector(".viewing");
  if (!choice?.hidden) return;
  choice.hidden = false;
  const radio = choice.querySelector(`input[value="${remembered()[file.dataset.path] === "unified" ? "unified" : "split"}"]`);
  if (file.dataset.path in remembered()) {
    radio.checked = true;
    file.classList.toggle("unified", radio.value === "unified");
  }
}

// ---- events

const KEYS = {
  j: () => select(step(1)),
  k: () => select(step(-1)),
  J: () => stretch(1),
  K: () => stretch(-1),
  n: () => select(change(1)),
  p: () => select(change(-1)),
  c: () => document.querySelector("a[data-finding-form]") && open(document.querySelector("a[data-finding-form]")),
  "?": () => document.querySelector("[data-keys]")?.togglePopover(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && form?.contains(event.target)) return started() ? select(to) : cancel();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input, select, textarea, [contenteditable], dialog");
  if (field && !field.matches("[type=radio], [type=checkbox]")) return;
  if (event.key === "Escape" && to && !document.querySelector(":popover-open, dialog[open]")) return letGo();
  if (!files().length || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

let dragging = false;

document.addEventListener("mousedown", (event) => {
  const link = event.target.closest?.(".diff td > a");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // Neither the link nor text is dragged.
  dragging = true;
  select(cellOf(link), { stretch: event.shiftKey });
});

document.addEventListener("mouseover", (event) => {
  const cell = dragging && cellOf(event.target);
  if (cell && from && side(cell) === side(from) && cell.closest(".diff") === from.closest(".diff")) {
    select(cell, { stretch: true, focus: false });
  }
});

document.addEventListener("mouseup", () => {
  dragging = false;
});

document.addEventListener("click", (event) => {
  const plain = !event.ctrlKey && !event.metaKey;
  const link = event.target.closest?.("a");
  if (link?.matches("a[data-finding-form]") && to && plain) {
    event.preventDefault();
    return open(link);
  }
  if (link?.matches("[data-cancel]") && form?.contains(link)) {
    event.preventDefault();
    return cancel();
  }
  const cell = link?.matches(".diff td > a") && cellOf(link);
  if (!cell || !plain) return;
  event.preventDefault();
  select(cell, { stretch: event.shiftKey });
  history.replaceState(history.state, "", link.hash);
});

document.addEventListener("change", (event) => {
  const file = event.target.closest?.(".viewing") && event.target.closest(".file");
  if (!file) return;
  file.classList.toggle("unified", event.target.value === "unified");
  remember(file.dataset.path, event.target.value);
});

// A link to a line, on this page or from another, selects it.
function follow() {
  const cell = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (isLine(cell)) select(cell);
}

files().forEach(prepare);
document.addEventListener("htmx:load", () => {
  const isSaved = form && !form.isConnected;
  if (isSaved) form = null;
  if (to && !to.isConnected) from = to = null;
  if (isSaved && document.activeElement === document.body) select(to);
  files().forEach(prepare);
});
window.addEventListener("hashchange", follow);
follow();
