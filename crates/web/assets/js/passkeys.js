// @ts-check
// Passkeys: to sign in with one, to add one, and to confirm with one who somebody is. Forms are sent as always; the answer
// of the device goes along in one of their fields.

/** Questions of the hub hold for five minutes. */
const FRESH = 4 * 60 * 1000;

/** Browsers know no passkeys of bare addresses, and none without https. */
const isAddress = /^[\d.]+$|^\[/.test(location.hostname);
const able = window.isSecureContext && "PublicKeyCredential" in window && !isAddress;

/** @param {string} text in URL-safe base64 */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function encoded(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{ type: "public-key", id: string }[]} list */
const named = (list) => list.map((one) => ({ ...one, id: bytes(one.id) }));

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * What the hub asks.
 * @param {HTMLFormElement} form
 * @param {string} purpose
 */
async function asked(form, purpose) {
  const body = new URLSearchParams({
    _xsrf: field(form, "_xsrf").value,
    for: purpose,
    origin: location.origin,
    ticket: form.dataset.ticket ?? "",
  });
  const answer = await fetch(form.dataset.options ?? "", { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.message ?? `${answer.status}`);
  return told;
}

/**
 * Has a passkey used; its answer, as the hub reads it.
 * @param {any} options
 * @param {CredentialRequestOptions} [how]
 */
async function used(options, how = {}) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const passkey = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ ...how, publicKey }));
  const answer = /** @type {AuthenticatorAssertionResponse} */ (passkey.response);
  return JSON.stringify({
    id: encoded(passkey.rawId),
    clientDataJSON: encoded(answer.clientDataJSON),
    authenticatorData: encoded(answer.authenticatorData),
    signature: encoded(answer.signature),
    userHandle: answer.userHandle ? encoded(answer.userHandle) : null,
  });
}

/**
 * Has a passkey made.
 * @param {any} options
 */
async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const passkey = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
  const answer = /** @type {AuthenticatorAttestationResponse} */ (passkey.response);
  return JSON.stringify({
    clientDataJSON: encoded(answer.clientDataJSON),
    attestationObject: encoded(answer.attestationObject),
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} [error]
 */
function tell(form, error) {
  const problem = /** @type {HTMLElement} */ (form.querySelector("[data-problem]"));
  problem.hidden = error === undefined;
  // What a browser says of a device is not for people; what the hub says is.
  problem.textContent = error instanceof DOMException || error === undefined ? (form.dataset.failed ?? "") : String(error);
}

/**
 * Does what a form needs a device for, once at a time, then sends the form.
 * @param {HTMLFormElement} form
 * @param {(event: SubmitEvent) => Promise<void>} work
 */
function withDevice(form, work) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    tell(form);
    try {
      await work(event);
      form.submit();
    } catch (error) {
      busy = false;
      tell(form, error instanceof DOMException ? error : /** @type {Error} */ (error).message);
    }
  });
}

/**
 * The sign-in page: by the button, and among what the browser proposes for the name.
 * @param {HTMLFormElement} form
 */
function signIn(form) {
  const purpose = form.dataset.passkey ?? "";
  const token = document.createElement("input");
  Object.assign(token, { type: "hidden", name: "_xsrf", value: form.dataset.xsrf ?? "" });
  form.prepend(token);
  const answer = field(form, "passkey");
  let proposing = new AbortController();
  form.hidden = false;
  withDevice(form, async () => {
    proposing.abort();
    answer.value = await used(await asked(form, purpose));
  });
  const propose = async () => {
    proposing.abort();
    proposing = new AbortController();
    try {
      answer.value = await used(await asked(form, purpose), { mediation: "conditional", signal: proposing.signal });
      form.submit();
    } catch {
      // Nobody has chosen one. The button is there all the same.
    }
  };
  if (purpose !== "sign-in") return;
  void PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => {
    if (!can) return;
    void propose();
    setInterval(() => answer.value || void propose(), FRESH);
  });
}

/**
 * The page of one's account: who somebody is, by password or passkey, then what they want.
 * @param {HTMLFormElement} form
 */
function change(form) {
  for (const offer of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-with-passkey]"))) offer.hidden = false;
  for (const told of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-unable]"))) told.hidden = true;
  form.querySelector("#add-passkey")?.removeAttribute("disabled");
  withDevice(form, async (event) => {
    const byPasskey = event.submitter?.hasAttribute("data-with-passkey");
    field(form, "confirmation").value = byPasskey ? await used(await asked(form, "confirm")) : "";
    if (form.dataset.passkey === "add") field(form, "made").value = await made(await asked(form, "make"));
  });
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"))) {
  if (!able) continue;
  if (["add", "rename", "remove"].includes(form.dataset.passkey ?? "")) change(form);
  else signIn(form);
}
