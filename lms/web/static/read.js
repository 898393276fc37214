// Counts the seconds a lesson's page is visible and reports them as twenty-second beats; the server decides what counts.
// Nothing is lost: the count stays in this tab, goes on without a line, and a report may be sent again at any time.

const BEAT = 20_000;
const TICK = 1_000;
// A visible page is called every second; a longer silence means that the machine slept.
const ASLEEP = 2 * BEAT;
const PATIENCE = [5_000, 10_000, 20_000, 60_000];

const here = document.getElementById("reading");
if (here) begin();

function begin() {
  const note = document.getElementById("reading-note");
  const shelf = shelfOf(here.dataset.who);
  const tab = { url: here.dataset.beats, ...shelf.read(here.dataset.beats) };
  let token = here.dataset.token;
  let opening = here.dataset.open;
  let since = null;
  let busy = false;
  let failures = 0;
  let again = 0;
  let over = false;

  function count() {
    const now = performance.now();
    if (since !== null && now - since < ASLEEP) tab.rest += Math.round(now - since);
    since = document.visibilityState === "visible" ? now : null;
    while (tab.rest >= BEAT) {
      tab.rest -= BEAT;
      tab.sequence += 1;
    }
    shelf.write(tab);
  }

  async function send(url, fields, once = false) {
    const body = new URLSearchParams({ csrf_token: token, ...fields });
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
    const data = await answer.json();
    // The token is as old as the page; a refusal brings a fresh one.
    if (answer.status !== 400 || !data.csrf_token || once) return { status: answer.status, data };
    token = data.csrf_token;
    return send(url, fields, true);
  }

  async function report() {
    if (busy || over || performance.now() < again) return;
    busy = true;
    try {
      await openAndReport();
    } catch {
      wait(note.dataset.away);
    } finally {
      busy = false;
    }
  }

  async function openAndReport() {
    if (opening) {
      const { status } = await send(opening, { client: tab.client });
      if (status >= 300) return refused(status);
      opening = "";
    }
    const sent = tab.sequence;
    const { status, data } = await send(tab.url, { client: tab.client, sequence: sent });
    if (status >= 300) return refused(status);
    failures = 0;
    say("");
    here.textContent = data.said;
    if (data.sequence > sent) return parted();
    tab.sent = sent;
    shelf.write(tab);
  }

  // The server knows a higher count than this tab ever had: it was duplicated, and its twin reports under the same id.
  function parted() {
    tab.sequence -= tab.sent;
    tab.sent = 0;
    tab.client = fresh();
    name(tab.client);
    shelf.write(tab);
    return openAndReport();
  }

  function refused(status) {
    if (status === 401) wait(note.dataset.signedOut);
    else if (status >= 500 || status === 400 || status === 429) wait(note.dataset.away);
    else {
      // This page may not report (any more): let the server estimate by the forms, as without a script.
      over = true;
      name("");
    }
  }

  function wait(said) {
    again = performance.now() + PATIENCE[Math.min(failures, PATIENCE.length - 1)];
    failures += 1;
    say(said);
  }

  function say(words) {
    if (note.textContent !== words) note.textContent = words;
  }

  // The forms say that a script measures, so that the server does not estimate as well.
  function name(client) {
    for (const field of document.querySelectorAll('input[name="client"]')) field.value = client;
  }

  async function sendWhatWaits() {
    for (const other of shelf.others(tab.url)) {
      try {
        const { status } = await send(other.url, { client: other.client, sequence: other.sequence });
        if (status < 300) shelf.write({ ...other, sent: other.sequence });
        else if (status < 500 && status !== 400 && status !== 401) shelf.drop(other.url);
      } catch {
        return;
      }
    }
  }

  function tick() {
    count();
    if (opening || tab.sequence > tab.sent) report();
  }

  // On leaving, what is complete goes out; on coming back, the server hears that reading goes on from here.
  function turn() {
    count();
    if (document.visibilityState === "visible" || tab.sequence > tab.sent) report();
  }

  name(tab.client);
  count();
  report().then(sendWhatWaits);
  setInterval(tick, TICK);
  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", count);
  addEventListener("pageshow", () => { since = null; count(); });
  addEventListener("online", () => { again = 0; report(); });
}

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What this tab counted, by lesson; kept for one person only. A browser without storage counts page by page.
function shelfOf(who) {
  const head = `lms-read ${who} `;
  const memory = new Map();
  const store = storage();

  function read(url) {
    try {
      const kept = JSON.parse(store.getItem(head + url));
      if (kept && typeof kept.client === "string" && [kept.sequence, kept.sent, kept.rest].every(Number.isFinite)) return kept;
    } catch {
      // what cannot be read is begun anew
    }
    return { client: fresh(), sequence: 0, sent: 0, rest: 0 };
  }

  function write({ url, client, sequence, sent, rest }) {
    try {
      store.setItem(head + url, JSON.stringify({ client, sequence, sent, rest }));
    } catch {
      // a full storage: the count goes on in this page
    }
  }

  function others(mine) {
    const urls = store.keys().filter((key) => key.startsWith(head)).map((key) => key.slice(head.length));
    return urls.filter((url) => url !== mine).map((url) => ({ url, ...read(url) })).filter((x) => x.sequence > x.sent);
  }

  function storage() {
    try {
      const kept = window.sessionStorage;
      kept.getItem(head);
      return {
        getItem: (key) => kept.getItem(key),
        setItem: (key, value) => kept.setItem(key, value),
        removeItem: (key) => kept.removeItem(key),
        keys: () => Object.keys(kept),
      };
    } catch {
      return {
        getItem: (key) => memory.get(key) ?? null,
        setItem: (key, value) => memory.set(key, value),
        removeItem: (key) => memory.delete(key),
        keys: () => [...memory.keys()],
      };
    }
  }

  return { read, write, others, drop: (url) => store.removeItem(head + url) };
}
