// Keeps what is typed in a form, on the server, while it is typed: nothing is lost with a tab or a connection.
//
// The form gives `data-typed` (where its fields are sent), `data-discard`, and its sentences `data-lost`, `data-out`,
// `data-mine`; `.saved` in it says how it stands. One request at a time: the words of a later one never arrive before
// those of an earlier one.

import { leadsOut, renew } from "./token.js";

const PAUSE = 700; // milliseconds after the last key
const LONGEST_PAUSE = 15_000;
const PATIENCE = 10_000; // for an answer

const newTab = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
  (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
);

export class Typed {
  #tab = newTab();
  #timer = 0;
  #running = null;
  #isDirty = false;
  #isPaused = false;
  #failures = 0;
  #leaving;

  constructor(form) {
    this.form = form;
    this.#leaving = (event) => (this.#isDirty || this.#running) && event.preventDefault();
    for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => event.target.name && this.touch());
    window.addEventListener("beforeunload", this.#leaving);
    window.addEventListener("online", this.#retry);
  }

  /** Something was typed: it is sent when the keys rest. */
  touch() {
    this.#isDirty = true;
    this.#later(PAUSE);
  }

  /** While the form itself is on its way, nothing is kept beside it. */
  pause() {
    this.#isPaused = true;
    clearTimeout(this.#timer);
  }

  /** The form did not arrive: what it held is kept until it can be sent again. */
  resume(sentence) {
    this.#isPaused = false;
    this.failed(sentence);
  }

  stop() {
    this.pause();
    this.#isDirty = false;
    window.removeEventListener("beforeunload", this.#leaving);
    window.removeEventListener("online", this.#retry);
  }

  /** Saves at once what is typed; whether all of it is kept. */
  async keep() {
    clearTimeout(this.#timer);
    await this.#running;
    this.#keep();
    await this.#running;
    return !this.#isDirty;
  }

  async discard() {
    this.stop();
    await this.#running;
    const body = new URLSearchParams({ key: this.form.elements.key.value });
    try {
      await this.#post(this.form.dataset.discard, body);
    } catch {
      // It stays among what is not finished, and can be thrown away there.
    }
  }

  #retry = () => this.#isDirty && this.#later(0);

  #later(pause) {
    clearTimeout(this.#timer);
    if (!this.#isPaused) this.#timer = setTimeout(() => this.#keep(), pause);
  }

  #keep() {
    if (this.#running || this.#isPaused || !this.#isDirty) return;
    this.#isDirty = false;
    this.#running = this.#send().finally(() => {
      this.#running = null;
      if (this.#isDirty && !this.#failures) this.#later(PAUSE);
    });
  }

  async #send() {
    const body = new URLSearchParams(new FormData(this.form));
    body.set("tab", this.#tab);
    let answer, said;
    try {
      answer = await this.#post(this.form.dataset.typed, body);
      if (leadsOut(answer)) return this.failed(this.form.dataset.out);
      if (answer.status === 403) await renew(this.form);
      said = await answer.json();
    } catch {
      return this.failed();
    }
    if (answer.status === 409) return this.#refused(said);
    if (!answer.ok) return this.#tooLong(said.says);
    this.#failures = 0;
    this.form.elements.draft_version.value = said.version;
    this.#say(said.says);
  }

  #post(address, body) {
    const headers = { "HX-Request": "true" };
    return fetch(address, { method: "POST", body: this.#signed(body), headers, signal: AbortSignal.timeout(PATIENCE) });
  }

  #signed(body) {
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    return body;
  }

  // Tried again, more and more slowly, and at once when the connection is back.
  failed(sentence = this.form.dataset.lost) {
    this.#isDirty = true;
    this.#failures += 1;
    this.#say(sentence);
    this.#later(Math.min(PAUSE * 2 ** this.#failures, LONGEST_PAUSE));
  }

  // Another tab wrote in between: what is typed here stays, and is saved over it when asked.
  #refused({ says, version }) {
    this.#isDirty = true;
    this.#failures = 1;
    this.#say(says);
    if (version === undefined) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = this.form.dataset.mine;
    button.addEventListener("click", () => {
      this.form.elements.draft_version.value = version;
      this.#failures = 0;
      this.#later(0);
    });
    this.form.querySelector(".saved").append(" ", button);
  }

  // Sent again only when it is shortened; until then leaving the page asks.
  #tooLong(sentence) {
    this.#isDirty = true;
    this.#failures = 1;
    this.#say(sentence);
  }

  #say(sentence) {
    const place = this.form.querySelector(".saved");
    if (place) place.textContent = sentence;
  }
}
