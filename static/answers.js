// Verdict and confidence of a blind pass, kept as they are chosen.
//
// `form[data-answers]` names where they are sent; `.saved` in it says how it stands. Each is sent by itself, so that a
// tab which stood open takes back nothing that another has answered.

import { leadsOut, renew } from "./token.js";

const PAUSE = 2_000;

function keeper(form) {
  const changed = new Set();
  const says = form.querySelector(".saved");
  let running = false;

  // The pass was locked, or the session ended: there is nothing to keep any more.
  function leave(page) {
    changed.clear();
    location.assign(page);
  }

  async function send() {
    if (running || !changed.size) return;
    running = true;
    const names = [...changed];
    const sent = new FormData(form);
    const body = new URLSearchParams(names.map((name) => [name, sent.get(name) ?? ""]));
    body.set("csrfmiddlewaretoken", sent.get("csrfmiddlewaretoken"));
    try {
      const answer = await fetch(form.dataset.answers, { method: "POST", body, headers: { "HX-Request": "true" } });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere && !leadsOut(answer)) return leave(elsewhere);
      if (answer.status === 403) await renew(form);
      if (!answer.ok || elsewhere) throw new Error(answer.statusText);
      says.textContent = await answer.text();
      names.forEach((name) => sent.get(name) === new FormData(form).get(name) && changed.delete(name));
    } catch {
      says.textContent = form.dataset.lost;
      setTimeout(send, PAUSE);
    } finally {
      running = false;
    }
    if (changed.size) setTimeout(send, PAUSE);
  }

  form.addEventListener("change", (event) => {
    changed.add(event.target.name);
    send();
  });
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => changed.size && event.preventDefault());
  form.addEventListener("submit", () => changed.clear());
}

document.querySelectorAll("form[data-answers]").forEach(keeper);
