// The lines of a diff in the order in which they are seen, and the selected ones.
//
// The page gives `.file[data-path]`: one file each. Inside, `table.diff` with cells `td.old` and `td.new` whose ids are
// `f1-o7` (file 1, before, line 7) and `f1-n12`; each holds a link that is its line number.

export const side = (cell) => (cell.classList.contains("old") ? "old" : "new");
export const number = (cell) => Number(cell.querySelector("a").textContent);
export const fileOf = (cell) => cell.closest(".file[data-path]");
export const isLine = (cell) => cell instanceof Element && cell.matches(".file[data-path] .diff td:is(.old, .new)[id]");
export const cellOf = (target) => {
  const cell = target.closest?.(".diff td") ?? null;
  return isLine(cell) ? cell : null;
};

const diffOf = (file) => file.querySelector(".diff");
const isUnified = (file) => getComputedStyle(diffOf(file)).display === "block";
const isShown = (file) => diffOf(file) && file.querySelector(".body")?.open !== false;

/** The files whose lines can be walked: drawn, and not folded. */
export const files = () => [...document.querySelectorAll(".file[data-path]")].filter(isShown);

export const selection = { from: null, to: null }; // where it began; its other end, the current line

// The lines of a tbody in reading order. Side by side a row counts once: its new cell, or the old one where there is
// none. Unified, a change shows its old lines first, and context shows once.
function linesIn(body, unified) {
  const cells = (side) => [...body.querySelectorAll(`td.${side}[id]`)];
  if (unified) return body.matches(".change") ? [...cells("old"), ...cells("new")] : cells("new");
  return [...body.rows].map((row) => row.querySelector("td.new[id]") ?? row.querySelector("td.old[id]")).filter(Boolean);
}

function linesOf(file) {
  const unified = isUnified(file);
  // A run of unchanged lines may be folded away.
  const bodies = [...diffOf(file).tBodies].filter((body) => body.checkVisibility());
  return bodies.flatMap((body) => linesIn(body, unified));
}

/** The first line of a file; nothing where it is folded. */
export const firstOf = (file) => (isShown(file) ? linesOf(file)[0] : null);

/** The next line, or with -1 the one before, across files; null at an end. */
export function step(by) {
  const all = files();
  const { to } = selection;
  if (!to) return all.length ? linesOf(all[0])[0] : null;
  const file = fileOf(to);
  const lines = isShown(file) ? linesOf(file) : [];
  let at = lines.indexOf(to);
  if (at < 0) at = lines.findIndex((cell) => cell.parentElement === to.parentElement);
  if (at >= 0 && lines[at + by]) return lines[at + by];
  const next = by > 0 ? all.find((other) => follows(file, other)) : all.findLast((other) => follows(other, file));
  return next ? linesOf(next).at(by > 0 ? 0 : -1) : null;
}

const follows = (one, other) =>
  one !== other && Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

// A note inside a change does not make two of it.
function beginsChange(body) {
  let above = body.previousElementSibling;
  while (above?.matches(".says")) above = above.previousElementSibling;
  return !above?.matches(".change");
}

const lastLineAbove = (body) => {
  let above = body.previousElementSibling;
  while (above && !above.querySelector("td[id]")) above = above.previousElementSibling;
  return [...(above?.querySelectorAll("td[id]") ?? [])].at(-1) ?? null;
};

/** The next change or finding, or the one before: its line, and the link of the finding's note. */
export function stop(by) {
  const { to } = selection;
  const places = files().flatMap((file) =>
    [...diffOf(file).tBodies].flatMap((body) => {
      if (body.matches(".says.small")) return { at: body, cell: lastLineAbove(body), link: body.querySelector("a") };
      if (!body.matches(".change") || !beginsChange(body)) return [];
      const cell = linesIn(body, isUnified(file))[0];
      return { at: cell, cell };
    }),
  );
  const now = document.activeElement?.closest?.(".says.small") ?? to;
  if (!now) return places.at(by > 0 ? 0 : -1);
  const others = places.filter(({ at, cell }) => cell && at !== now);
  return by > 0 ? others.find(({ at }) => follows(now, at)) : others.findLast(({ at }) => follows(at, now));
}

// ---- the selection: lines of one side of one file

const changed = () => document.dispatchEvent(new CustomEvent("lines:selected"));

export function selected() {
  const { from, to } = selection;
  if (!from || !to) return [];
  const [first, last] = [number(from), number(to)].sort((a, b) => a - b);
  const cells = to.closest(".diff").querySelectorAll(`td.${side(to)}[id]`);
  return [...cells].filter((cell) => number(cell) >= first && number(cell) <= last);
}

const unmark = () => document.querySelectorAll(".diff td.sel").forEach((cell) => cell.classList.remove("sel"));

export function select(cell, { stretch = false, focus = true } = {}) {
  if (!cell) return;
  unmark();
  const { from } = selection;
  const canStretch = stretch && from && side(from) === side(cell) && from.closest(".diff") === cell.closest(".diff");
  selection.to = cell;
  if (!canStretch) selection.from = cell;
  selected().forEach((line) => line.classList.add("sel"));
  name(cell);
  rove(cell);
  changed();
  if (!focus) return;
  cell.querySelector("a").focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest" });
}

// The number alone says little to who hears it: what happened to the line, and its code, are said with it.
function name(cell) {
  const words = document.getElementById("picked")?.dataset;
  if (!words) return;
  const what = cell.matches(".add") ? words.added : cell.matches(".del") ? words.removed : words.same;
  cell.querySelector("a").setAttribute("aria-label", `${number(cell)}, ${what}: ${cell.querySelector("code").textContent}`);
}

// One number of a file is in the tab order.
function rove(cell) {
  const table = cell.closest(".diff");
  table.querySelectorAll("td[id] > a:not([tabindex])").forEach((link) => link.setAttribute("tabindex", "-1"));
  cell.querySelector("a").removeAttribute("tabindex");
}

export function letGo() {
  unmark();
  selection.from = selection.to = null;
  changed();
}

/** Shift with a key stretches along one side; lines of the other side are passed over. */
export function stretch(by) {
  const { to } = selection;
  if (!to) return select(step(by));
  const cells = to.closest(".diff").querySelectorAll(`td.${side(to)}[id]`);
  const lines = [...cells].filter((cell) => cell.parentElement.parentElement.checkVisibility());
  select(lines[lines.indexOf(to) + by], { stretch: true });
}

export function canStretchTo(cell) {
  const { from } = selection;
  return Boolean(from) && side(cell) === side(from) && cell.closest(".diff") === from.closest(".diff");
}
