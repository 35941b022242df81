// The form of a finding: opened below its lines, kept as it is typed, sent without leaving the page.
//
// `a[data-finding-form]` leads to the page of the form. With lines selected, the same address with
// `?path=&side=old|new&from=&to=` is asked for with `HX-Request`, and the form that comes stands below the lines; with
// "file" as its value it is about the file, with "turn" about a turn of the conversation, with "change" about the whole. In the form `[data-cancel]` takes it away;
// with words in it, the dialog `#leaving` asks whether they are thrown away (`[data-throw]`) or kept (`[data-later]`).
// On a page of its own the form is kept and sent in the same way.

import { enhance } from "./category.js";
import { number, select, selected, selection, side } from "./lines.js";
import { refresh, show, tell } from "./own.js";
import { leadsOut, renew } from "./token.js";
import { Typed } from "./typed.js";

const HEADS = 160; // pixels
const formHere = () => document.querySelector(".findingform");
const isOwnPage = (form) => !form.closest("[data-slot]");
let typed = null; // what keeps the words of the open form
let opener = null; // the link that opened it

const isTouched = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
const fieldsOf = (form) => [...form.querySelectorAll("input:not([type=hidden]), textarea, select")];
const isChosen = (field) =>
  field.matches("select") ? [...field.options].some((one) => one.selected !== one.defaultSelected) : isTouched(field);

const holdsWords = (form) => Boolean(form.dataset.refused || form.elements.draft_version.value) || fieldsOf(form).some(isChosen);

/** Whether somebody has begun to write in the form: now, or before it was opened again or refused. */
export const isWritten = () => Boolean(formHere() && holdsWords(formHere()));

// ---- where the form stands

function address(link) {
  const url = new URL(link.href);
  const lines = selected();
  if (link.dataset.findingForm || !lines.length) return url;
  url.searchParams.set("path", selection.to.closest(".file").dataset.path);
  url.searchParams.set("side", side(selection.to));
  url.searchParams.set("from", number(lines[0]));
  url.searchParams.set("to", number(lines.at(-1)));
  return url;
}

// A row of its own after a line; a run of changes is parted there, as the server does it.
function rowAfter(cell, html, css = "") {
  const row = cell.parentElement;
  const body = row.parentElement;
  const says = document.createElement("tbody");
  says.className = `says ${css}`.trim();
  says.setAttribute("role", "rowgroup");
  says.innerHTML = `<tr role="row"><td colspan="2" role="cell">${html}</td></tr>`;
  const rest = body.cloneNode(false);
  while (row.nextElementSibling) rest.append(row.nextElementSibling);
  let last = body;
  if (css) while (last.nextElementSibling?.matches(".says.small")) last = last.nextElementSibling;
  last.after(says);
  if (rest.children.length) says.after(rest);
  return says;
}

function boxAfter(element, html, css) {
  const box = document.createElement("div");
  box.className = css;
  box.innerHTML = html;
  element.after(box);
  return box;
}

function slotFor(link, html) {
  const kind = link.dataset.findingForm;
  const line = selected().at(-1);
  if (!kind && line) return rowAfter(line, html);
  if (kind === "file") return boxAfter(link.closest("header"), html, "about");
  if (kind === "turn") return boxAfter(link.closest(".turn").lastElementChild, html, "");
  return boxAfter(link.closest("p"), html, "");
}

function removeSlot(slot) {
  const [before, after] = [slot.previousElementSibling, slot.nextElementSibling];
  slot.remove();
  if (after && before?.className === after.className && after.matches("tbody:not(.says, .hunk)")) {
    before.append(...after.children);
    after.remove();
  }
}

// ---- opening and closing

/** With the key: on the selected lines, or on the change as a whole. */
export function addHere() {
  const links = [...document.querySelectorAll("a[data-finding-form]")];
  const link = selected().length ? links.find((one) => !one.dataset.findingForm) : null;
  const any = link ?? links.find((one) => one.dataset.findingForm === "change") ?? links.find((one) => !one.dataset.findingForm);
  if (any) open(any);
}

async function open(link) {
  if (isWritten()) return formHere().querySelector("[name=title]").focus();
  const url = address(link);
  if (!link.dataset.findingForm && !selected().length) return location.assign(url);
  let answer;
  try {
    answer = await fetch(url, { headers: { "HX-Request": "true" } });
  } catch {
    return location.assign(url);
  }
  // Signed out, refused or gone: the page itself says so.
  if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) return location.assign(url);
  const html = await answer.text();
  dropForm({ focus: false });
  opener = link;
  const slot = slotFor(link, html);
  slot.dataset.slot = "";
  const form = begin(slot);
  form.querySelector("[autofocus], [data-focus], input[name=title]")?.focus();
  // Of a form that is taller than what the heads and bars of the page leave free, its beginning is shown.
  form.scrollIntoView({ block: form.offsetHeight > innerHeight - HEADS ? "start" : "nearest" });
}

function begin(root) {
  const form = root.querySelector(".findingform");
  window.htmx?.process(form);
  enhance(form.querySelector("select[name=category]"), form.querySelector("[name=cwe]"));
  typed = new Typed(form);
  return form;
}

/** Takes away the form below the lines. */
export function dropForm({ focus = true } = {}) {
  const slot = formHere()?.closest("[data-slot]");
  if (!slot) return;
  typed?.stop();
  typed = null;
  removeSlot(slot);
  if (!focus) return;
  if (selection.to && !opener.dataset.findingForm) select(selection.to);
  else opener.focus();
}

/** After a swap took the form's row with it. */
export function lost() {
  if (typed && !typed.form.isConnected) {
    typed.stop();
    typed = null;
  }
}

// ---- sending

const post = (form) =>
  fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: isOwnPage(form) ? {} : { "HX-Request": "true" },
  });

async function send(form) {
  typed.pause();
  let answer, html;
  try {
    answer = await post(form);
    if (answer.status === 403 && (await renew(form))) answer = await post(form);
    html = await answer.text();
  } catch {
    return typed.resume();
  }
  if (leadsOut(answer)) return typed.resume(form.dataset.out);
  const elsewhere = answer.headers.get("HX-Redirect") ?? (answer.redirected ? answer.url : null);
  if (elsewhere) {
    typed.stop();
    return location.assign(elsewhere);
  }
  if (answer.ok) return added(form, html);
  if (![409, 422].includes(answer.status)) return typed.resume();
  refused(form, html);
}

// The form again, with what is wrong beside its fields.
function refused(form, html) {
  typed.stop();
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const place = isOwnPage(form) ? document.getElementById("main") : form;
  const next = isOwnPage(form) ? fresh.getElementById("main") : fresh.querySelector(".findingform");
  place.replaceWith(next);
  const again = begin(next.parentElement);
  again.dataset.refused = "yes";
  typed.touch();
  again.ownerDocument.querySelector("[data-focus], [aria-invalid=true]")?.focus();
}

function added(form, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const note = fresh.querySelector("[data-added]");
  dropForm({ focus: false });
  show(fresh);
  tell();
  count(note.dataset);
  const place = note.dataset.place ? document.getElementById(note.dataset.place) : null;
  if (place?.matches(".turn")) return boxAfter(place.lastElementChild, note.innerHTML, "").querySelector("a").focus();
  if (place?.matches("td")) rowAfter(place, note.innerHTML, "small");
  else if (place?.matches(".file")) boxAfter(place.querySelector("header"), note.innerHTML, "about");
  if (place?.matches("td")) return select(place);
  // A conversation that was taken out meanwhile has neither the turn nor the list.
  if (!place && !document.getElementById("own")) return location.assign(form.querySelector("[data-cancel]").href);
  document.querySelector(`#own-${note.dataset.number} a`)?.focus();
}

// The list of files says how many findings of one's own each has.
function count({ place, found }) {
  const said = document.querySelector(`[data-leaf="${/^f(\d+)/.exec(place)?.[1]}"] .found`);
  if (!said) return;
  said.hidden = false;
  said.querySelector("b").textContent = found;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest(".findingform");
  if (!form || event.submitter?.name === "preview") return;
  event.preventDefault();
  if (!form.dataset.sent) {
    form.dataset.sent = "yes"; // A second click finds it on its way.
    send(form).finally(() => delete form.dataset.sent);
  }
});

document.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey) return;
  const link = event.target.closest?.("a[data-finding-form]");
  if (link && (link.dataset.findingForm || selected().length)) {
    event.preventDefault();
    return open(link);
  }
  const button = event.target.closest?.("[data-cancel], [data-throw], [data-later]");
  if (!button || !typed) return;
  event.preventDefault();
  if (button.matches("[data-cancel]") && isWritten()) return document.getElementById("leaving").showModal();
  document.getElementById("leaving").close();
  if (button.matches("[data-later]")) return putAside();
  await typed.discard();
  leave();
  tell();
  refresh();
});

// Kept first; where that fails the form stays and says why.
async function putAside() {
  if (!(await typed.keep())) return;
  leave();
  tell();
  refresh();
}

function leave() {
  if (!isOwnPage(typed.form)) return dropForm();
  typed.stop();
  location.assign(typed.form.querySelector("[data-cancel]").href);
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "preview") event.target.hidden = false;
});

if (formHere()) begin(document);
