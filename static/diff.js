// Reading a diff with keys and pointer; without this module the page still works.
// `[popover][data-keys]` is the list of keys.

import { prepare, view } from "./files.js";
import { addHere, dropForm, isWritten, lost } from "./finding.js";
import { canStretchTo, cellOf, files, letGo, select, selection, step, stop, stretch } from "./lines.js";
import { follow, selectedPlace } from "./places.js";

function jump(by) {
  const place = stop(by);
  if (!place) return;
  select(place.cell);
  place.link?.focus();
}

const KEYS = {
  j: () => select(step(1)),
  k: () => select(step(-1)),
  J: () => stretch(1),
  K: () => stretch(-1),
  n: () => jump(1),
  p: () => jump(-1),
  c: () => addHere(),
  v: () => view(),
  "?": () => document.querySelector("[data-keys]")?.togglePopover(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest(".findingform")) return isWritten() ? select(selection.to) : dropForm();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input, select, textarea, [contenteditable], dialog");
  if (field && !field.matches("[type=radio], [type=checkbox]")) return;
  if (event.key === "Escape" && selection.to && !document.querySelector(":popover-open, dialog[open]")) return letGo();
  if (!files().length && event.key !== "v") return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

// ---- line numbers under the pointer

const isPlain = (event) => !event.ctrlKey && !event.metaKey;
let dragging = false;

document.addEventListener("mousedown", (event) => {
  const link = event.target.closest?.(".diff td[id] > a");
  if (!link || event.button !== 0 || !isPlain(event)) return;
  event.preventDefault(); // Neither the link nor text is dragged.
  dragging = true;
  select(cellOf(link), { stretch: event.shiftKey });
});

document.addEventListener("mouseover", (event) => {
  const cell = dragging && cellOf(event.target);
  if (cell && canStretchTo(cell)) select(cell, { stretch: true, focus: false });
});

document.addEventListener("mouseup", () => {
  if (dragging) history.replaceState(history.state, "", selectedPlace());
  dragging = false;
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".diff td[id] > a");
  if (!link || !isPlain(event)) return;
  event.preventDefault();
  // A drag ends with a click on the line where it began, if it left it or not.
  if (event.detail === 0) select(cellOf(link), { stretch: event.shiftKey });
  history.replaceState(history.state, "", selectedPlace());
});

// The other end of a moved block; where its file is no part of this page, the link brings it.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".diff .moved a");
  if (!link || !isPlain(event) || !document.getElementById(link.hash.slice(1).split("-")[0])) return;
  event.preventDefault();
  location.hash = link.hash;
});

document.addEventListener("htmx:load", () => {
  if (selection.to && !selection.to.isConnected) letGo();
  prepare();
  lost();
});
prepare();
follow();
