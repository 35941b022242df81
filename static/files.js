// Files as a whole: side by side or unified, folded or not, viewed or not.
//
// The page gives in each `.file`: `.viewing` (hidden until now) with radios "split" and "unified"; `details.body` around
// the lines; `form.mark` with the tick "viewed". `[data-view]` are links that lay out all files in one way, `[data-leaf]`
// the entries of the list of files.

import { fileOf, firstOf, select, selection } from "./lines.js";
import { PLACE } from "./places.js";

/** Brings out what only works with a script. */
export function prepare() {
  for (const file of document.querySelectorAll(".file[data-path]")) {
    const choice = file.querySelector(".viewing");
    if (!choice?.hidden) continue;
    choice.hidden = false;
    file.dataset.fits = file.classList.contains("unified") ? "unified" : "split";
    lay(file, file.dataset.fits);
  }
}

function lay(file, view) {
  file.classList.toggle("unified", view === "unified");
  const radio = file.querySelector(`.viewing input[value="${view}"]`);
  if (radio) radio.checked = true;
}

document.addEventListener("change", (event) => {
  if (event.target.closest(".viewing")) lay(event.target.closest(".file"), event.target.value);
  if (event.target.matches(".mark input[type=checkbox]")) mark(event.target);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-view]");
  // As it fits is the server's to say: it has the counts of every file.
  if (!link || link.dataset.view === "file" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  // The answer says so to the browser in a cookie that is kept from scripts; the page that it leads to is this one.
  fetch(link.href, { redirect: "manual", keepalive: true });
  document.querySelectorAll("[data-view]").forEach((other) => other.removeAttribute("aria-current"));
  link.setAttribute("aria-current", "true");
  document.querySelectorAll(".file[data-path]").forEach((file) => lay(file, link.dataset.view));
});

// ---- viewed

// The form sends itself; here the file folds, and the list says it.
function mark(tick) {
  const file = tick.closest(".file");
  const fold = file.querySelector(".body");
  if (fold) fold.open = !tick.checked;
  document.querySelector(`[data-leaf="${file.id.slice(1)}"]`)?.classList.toggle("viewed", tick.checked);
}

const tickOf = (file) => file?.querySelector(".mark input[type=checkbox]");

/** Marks the file of the current line, or takes its mark back; then goes to the next one that is not viewed. */
export function view() {
  const all = [...document.querySelectorAll(".file[data-path]")];
  const asked = document.getElementById(`f${PLACE.exec(location.hash)?.[1]}`);
  const file = (selection.to && fileOf(selection.to)) ?? asked ?? all.find((one) => tickOf(one) && !tickOf(one).checked) ?? all[0];
  const tick = tickOf(file);
  if (!tick) return;
  tick.click();
  const next = tick.checked && all.slice(all.indexOf(file) + 1).find((one) => tickOf(one) && !tickOf(one).checked);
  if (!next) return file.scrollIntoView({ block: "nearest" });
  next.scrollIntoView();
  select(firstOf(next));
}

// What did not reach the server is not marked.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const tick = event.target.closest?.(".mark")?.querySelector("input[type=checkbox]");
    if (!tick) return;
    tick.checked = !tick.checked;
    mark(tick);
  });
}
