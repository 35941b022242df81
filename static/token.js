// A form that stood open while its reader signed in again, in another tab, takes up the new token.

/** Puts a fresh token into the form, from the page at its address; false where there is none to get. */
export async function renew(form) {
  const answer = await fetch(form.action);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[name=csrfmiddlewaretoken]");
  if (answer.redirected || !fresh) return false;
  form.elements.csrfmiddlewaretoken.value = fresh.value;
  return true;
}

/** Whether an answer leads out of the organisation's pages: to signing in. */
export function leadsOut(answer) {
  const elsewhere = answer.headers.get("HX-Redirect") ?? (answer.redirected ? answer.url : null);
  return elsewhere !== null && !new URL(elsewhere, location.href).pathname.startsWith("/o/");
}
