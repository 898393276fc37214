// Saves a form by itself while somebody writes. Without this file the buttons of the page do the same.
// An answer that never arrives is the normal case on a bad line: each save names the version it started from and a
// fingerprint of what was sent before, so that the server can tell this page from an older tab.

const PAUSE = 3000;
const AGAIN = 5000;
// Browsers drop a keepalive request whose body is larger; the last autosave is then at most PAUSE old.
const KEEPALIVE = 60000;

const TABLE = Uint32Array.from({ length: 256 }, (_unused, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

// The same bytes as rules.fingerprint: names in order, empty ones left out, one kind of line end.
export function fingerprint(fields) {
  const names = Object.keys(fields).filter((name) => fields[name]).sort();
  const joined = names.map((name) => `${name}=${fields[name].replace(/\r\n?/g, "\n")}`).join("\x1e");
  return String(crc32(new TextEncoder().encode(joined)));
}

// The form without what was typed while this file was still on its way, or what the browser put back.
function asServed(form) {
  const served = form.cloneNode(true);
  served.reset();
  return served;
}

export function keepSaving(form, told = {}) {
  const names = form.dataset.marks.trim().split(/\s+/);
  const number = form.elements[form.dataset.number];
  const mark = form.querySelector("[data-state] .mark");
  const words = form.querySelector("[data-said]");
  const shot = () => new URLSearchParams(new FormData(form)).toString();
  const texts = () => {
    const all = new FormData(form);
    return Object.fromEntries(names.map((name) => [name, String(all.get(name) ?? "")]));
  };
  const content = (page = form) => {
    const all = new FormData(page);
    for (const name of ["csrf_token", "last_sent", form.dataset.number]) all.delete(name);
    return new URLSearchParams(all).toString();
  };
  let saved = content(asServed(form));
  let flying = false;
  let stopped = ""; // why nothing is sent: "refused" or "signed out"
  let renewed = false;
  let leaving = false;
  let timer = 0;

  function say(sentence, state) {
    words.textContent = sentence;
    mark.classList.toggle("is-done", state === "done");
    mark.classList.toggle("is-way", state !== "done");
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  async function save({ kind = "autosave", leave = false } = {}) {
    if (stopped || (flying && !leave) || (kind === "autosave" && content() === saved)) return;
    const sending = content();
    const body = `${shot()}&do=${kind}`;
    form.elements.last_sent.value = fingerprint(texts());
    flying = true;
    try {
      const reply = await fetch(form.action, {
        method: "POST",
        credentials: "same-origin",
        keepalive: leave && body.length < KEEPALIVE,
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" },
        body,
      });
      heard(reply.status, await reply.json(), sending);
    } catch {
      say(form.dataset.waiting, "way");
      later(AGAIN);
    } finally {
      flying = false;
    }
  }

  function heard(status, answer, sending) {
    if (answer.csrf_token) {
      // The page was older than the session: take the fresh token and send once more.
      form.elements.csrf_token.value = answer.csrf_token;
      later(renewed ? AGAIN : 0);
      renewed = true;
    } else if (status === 200) {
      saved = sending;
      renewed = false;
      number.value = Math.max(Number(number.value), answer.version);
      if (answer.said) say(answer.said, "done");
      told.saved?.(answer);
      if (content() !== saved) later(PAUSE);
    } else if (status === 409) {
      stopped = "refused";
      say(answer.error, "way");
      told.refused?.(answer);
    } else if (status === 401) {
      // Each try while signed out would be kept aside once more: wait until the person is back.
      stopped = "signed out";
      say(form.dataset.signedOut, "way");
    } else if (status === 422) {
      say(answer.error, "way");
    } else {
      say(answer.error ?? form.dataset.waiting, "way");
      later(AGAIN);
    }
  }

  async function comeBack() {
    if (stopped !== "signed out") return;
    try {
      const reply = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      const fresh = await reply.json();
      if (reply.ok && fresh.csrf_token) {
        form.elements.csrf_token.value = fresh.csrf_token;
        stopped = "";
        save();
      }
    } catch {
      /* still away; the next look at this page tries again */
    }
  }

  const touched = () => {
    if (!stopped && content() !== saved) later(PAUSE);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  touched();
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  const hide = () => {
    if (!leaving) save({ leave: true });
  };
  addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", () => (document.hidden ? hide() : comeBack()));
  addEventListener("focus", comeBack);

  return {
    go(version, kind) {
      number.value = version;
      stopped = "";
      saved = kind ? "" : content();
      if (kind) save({ kind });
    },
  };
}

function countWords(text) {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function writing(form) {
  const count = form.querySelector("[data-count]");
  const box = form.querySelector("[data-newer]");
  const choose = form.querySelector("[data-choose]");
  let newer = null;
  const recount = () => {
    const words = countWords(form.elements.text.value);
    count.textContent = words === 1 ? count.dataset.one : count.dataset.many.replace("#", words);
  };
  form.elements.text.addEventListener("input", recount);
  recount();
  const saver = keepSaving(form, {
    refused(reply) {
      if (reply.state !== "stale") return;
      newer = reply;
      form.querySelector("[data-newer-text]").value = reply.newer.text;
      form.querySelector("[data-newer-note]").textContent = reply.newer.note;
      box.hidden = choose.hidden = false;
    },
  });
  choose.addEventListener("click", (event) => {
    const kept = event.target.dataset.keep;
    if (!kept || !newer) return;
    if (kept === "newer") {
      form.elements.text.value = newer.newer.text;
      form.elements.note.value = newer.newer.note;
    }
    box.hidden = choose.hidden = true;
    const { version } = newer;
    newer = null;
    saver.go(version, kept === "mine" ? "keep" : "");
    form.elements.text.focus();
  });
}

const form = globalThis.document?.querySelector("form.desk[data-autosave]");
if (form) writing(form);
