// Verdict and confidence of a blind pass, kept as they are chosen.
//
// `form[data-answers]` names where they are sent; `.saved` in it says how it stands. Each is sent by itself, so that a
// tab which stood open takes back nothing that another has answered. A step of the confidence and one typed as `exactly`
// are one answer: either takes the place of the other.

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
      const isWrong = answer.status === 422; // It is kept when it is put right.
      if ((!answer.ok && !isWrong) || elsewhere) throw new Error(answer.statusText);
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

  form.addEventListener("input", ({ target }) => {
    changed.add(target.name);
    if (["confidence", "exactly"].includes(target.name)) {
      changed.add("confidence").add("exactly");
      replaceOther(target);
    }
    send();
  });

  function replaceOther(target) {
    const { confidence, exactly } = form.elements;
    if (target !== exactly) exactly.value = "";
    else if (exactly.value) confidence.forEach((step) => (step.checked = false));
  }
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => changed.size && event.preventDefault());
  form.addEventListener("submit", () => changed.clear());
}

document.querySelectorAll("form[data-answers]").forEach(keeper);
