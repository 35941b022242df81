// A form with data-passkey is sent once the browser's passkey has filled it in.
// "create" makes a new one, "get" proves one that exists. What the ceremony is about
// stands in the form as JSON, or comes from the address in data-from.

const isAble = () =>
  typeof window.PublicKeyCredential?.parseCreationOptionsFromJSON === "function";

async function optionsOf(form) {
  if (!form.dataset.from) {
    return JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  }
  const answer = await fetch(form.dataset.from, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

function create(publicKey, form) {
  const letsInAlone = form.elements.passwordless?.checked ?? false;
  const need = letsInAlone ? "required" : "discouraged";
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: need,
    requireResidentKey: letsInAlone,
    userVerification: letsInAlone ? "required" : "preferred",
  };
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
  return navigator.credentials.create({ publicKey: options });
}

function get(publicKey) {
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  return navigator.credentials.get({ publicKey: options });
}

function tell(form, text) {
  const notice = form.querySelector('[role="alert"]');
  notice.textContent = text;
  notice.hidden = false;
}

async function perform(form) {
  const { publicKey } = await optionsOf(form);
  const ceremony = form.dataset.passkey === "create" ? create : get;
  const credential = await ceremony(publicKey, form);
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isAble()) return tell(form, form.dataset.unable);
    try {
      await perform(form);
    } catch {
      tell(form, form.dataset.failed);
    }
  });
}
