// Links to lines: `#f3-n12` is line 12 after the change in file 3, `#f3-n12-n18` are seven, `#f3` is the file.

import { isLine, letGo, number, select, selected, selection, side } from "./lines.js";

/** What an address says of a place: the file's number, o or n, the first line and the last. */
export const PLACE = /^#f(\d+)(?:-([on])(\d+)(?:-[on](\d+))?)?$/;

/** The place of the selected lines, with its number sign. */
export function selectedPlace() {
  const lines = selected();
  if (!lines.length) return "";
  const first = `#${lines[0].id}`;
  return lines.length > 1 ? `${first}-${side(lines[0])[0]}${number(lines.at(-1))}` : first;
}

// A file that waits comes with the request of its batch; what happens then is told by htmx.
function isWaiting(file) {
  return Boolean(file?.closest(".waiting"));
}

/** Goes where the address says; a file that is not here yet is waited for. */
export function follow(place = location.hash) {
  const found = PLACE.exec(place);
  if (!found) return;
  const [, file, half, first, last] = found;
  const section = document.getElementById(`f${file}`);
  if (isWaiting(section)) {
    document.addEventListener("htmx:afterSettle", () => follow(place), { once: true });
    return section.scrollIntoView();
  }
  const cell = half && document.getElementById(`f${file}-${half}${first}`);
  if (!isLine(cell)) {
    letGo(); // The file is the current place, and no line of it.
    return section?.scrollIntoView();
  }
  cell.closest(".folded")?.previousElementSibling.querySelectorAll("input").forEach((fold) => (fold.checked = true));
  section.querySelector(".body").open = true;
  select(cell);
  const end = last && document.getElementById(`f${file}-${half}${last}`);
  if (isLine(end)) select(end, { stretch: true });
  cell.scrollIntoView({ block: "center" });
}

window.addEventListener("hashchange", () => follow());
// Files that came above push down what was being looked at.
document.addEventListener("htmx:afterSettle", () => {
  if (selection.to && location.hash === selectedPlace()) selection.to.scrollIntoView({ block: "nearest" });
});

// ---- the bar that says what is selected

const bar = document.getElementById("picked");

function say() {
  const lines = selected();
  if (!bar) return;
  bar.hidden = !lines.length;
  const says = bar.querySelector("[role=status]");
  if (!lines.length) return (says.textContent = "");
  const name = lines[0].closest(".file").dataset.path.split("/").at(-1);
  const words = { from: number(lines[0]), to: number(lines.at(-1)), file: name };
  const text = lines.length > 1 ? says.dataset.more : says.dataset.one;
  // One line is said by its own link, which has the focus.
  says.setAttribute("aria-live", lines.length > 1 ? "polite" : "off");
  says.textContent = text.replace(/\{(\w+)\}/g, (_all, word) => words[word]);
}

document.addEventListener("lines:selected", say);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const address = new URL(selectedPlace(), location.href);
  address.search = "";
  history.replaceState(history.state, "", address.hash);
  try {
    await navigator.clipboard.writeText(address.href);
    bar.querySelector("[role=status]").textContent = button.dataset.done;
  } catch {
    // The address line holds it all the same.
  }
});
