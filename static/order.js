// An item of a list is dragged to another place by its grip. Without this module, and by keyboard, buttons do the same.
//
// The page gives:
// - `[data-order]`: the list; `data-said` says where an item stands now, with {name}, {place} and {count}.
// - in it `[data-place]`: an item, first in the list, with the address that takes its new place, counted from 0, and
//   answers with the list's section; `data-name`: what it is called; `.grip`: hidden until now.

const EDGE = 64; // so near to the window's edge, in pixels, the page scrolls along
const itemsOf = (list) => [...list.querySelectorAll(":scope > [data-place]")];
let drag = null; // { list, item, before, pointer }, while a pointer holds a grip

const said = document.createElement("p");
said.className = "unseen";
said.role = "status";
document.body.append(said);

const reveal = (root) => root.querySelectorAll(".grip[hidden]").forEach((grip) => (grip.hidden = false));
reveal(document);
document.addEventListener("htmx:load", ({ detail }) => reveal(detail.elt));

const middle = (element) => {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
};

// The neighbours step aside, so that the item itself stays in the page and keeps its pointer.
function step(y) {
  const items = itemsOf(drag.list);
  const at = items.indexOf(drag.item);
  if (items[at - 1] && y < middle(items[at - 1])) drag.item.after(items[at - 1]);
  else if (items[at + 1] && y > middle(items[at + 1])) drag.item.before(items[at + 1]);
  else return;
  step(y);
}

function release() {
  drag.item.classList.remove("dragged");
  const held = drag;
  drag = null;
  return held;
}

async function send({ list, item, before }) {
  const items = itemsOf(list);
  const place = items.indexOf(item);
  if (place === before.indexOf(item)) return;
  let isTaken = true;
  const putBack = () => {
    isTaken = false;
    list.prepend(...before);
  };
  for (const name of ["htmx:responseError", "htmx:sendError"]) item.addEventListener(name, putBack, { once: true });
  const target = list.closest("section");
  await htmx.ajax("POST", item.dataset.place, { source: item, target, values: { place } });
  if (!isTaken) return;
  const words = { name: item.dataset.name, place: place + 1, count: items.length };
  said.textContent = list.dataset.said.replace(/\{(\w+)\}/g, (_, word) => words[word]);
}

document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.(".grip")?.closest("[data-order] > [data-place]");
  if (!item || drag || event.button) return;
  event.preventDefault();
  drag = { list: item.parentElement, item, before: itemsOf(item.parentElement), pointer: event.pointerId };
  item.classList.add("dragged");
});
document.addEventListener("pointermove", ({ pointerId, clientY }) => {
  if (drag?.pointer !== pointerId) return;
  if (clientY < EDGE) window.scrollBy({ top: -EDGE / 4, behavior: "instant" });
  if (clientY > window.innerHeight - EDGE) window.scrollBy({ top: EDGE / 4, behavior: "instant" });
  step(clientY);
});
document.addEventListener("pointerup", ({ pointerId }) => {
  if (drag?.pointer === pointerId) send(release());
});

function cancel() {
  if (!drag) return;
  const { list, before } = release();
  list.prepend(...before);
}
document.addEventListener("pointercancel", cancel);
document.addEventListener("keydown", ({ key }) => key === "Escape" && cancel());
