/* Improves the page of an attempt: each answer is saved as it is given and kept in this browser until the server has
   it, and the time left is told in words. Without this file the page works through its own form; with it, too, the
   server's clock and the server's count decide. What somebody writes for a person to read (`data-private`) waits in
   the memory of the page alone: on a shared device no word of it stays behind. */

const RETRY = 5000;
const PATIENCE = 10000;
const RESYNC = 60000;
const PAUSE = 1500; // after the last key

/** What waits to be saved for one attempt. Read from storage every time: another tab may have written it. */
export class Outbox {
  constructor(code, storage = browserStorage()) {
    this.key = `lms-quiz:${code}`;
    this.storage = storage;
    this.durable = storage !== null;
    this.memory = { waiting: {}, count: 0 };
    this.private = {};
  }

  read() {
    if (!this.durable) return this.memory;
    try {
      const kept = JSON.parse(this.storage.getItem(this.key)) ?? {};
      return { waiting: Object(kept.waiting), count: Number(kept.count) || 0 };
    } catch {
      return { waiting: {}, count: 0 };
    }
  }

  write(kept) {
    this.memory = kept;
    if (!this.durable) return;
    try {
      this.storage.setItem(this.key, JSON.stringify(kept));
    } catch {
      this.durable = false; // storage is full or has been switched off: this page alone holds it from here on
    }
  }

  get waiting() {
    return Object.entries({ ...this.read().waiting, ...this.private });
  }

  find(position) {
    return this.private[position] ?? this.read().waiting[position];
  }

  put(position, answer, seen, hidden = false) {
    const kept = this.read();
    kept.count = Math.max(kept.count, seen) + 1;
    const made = { ...answer, sequence: kept.count, at: Date.now() };
    (hidden ? this.private : kept.waiting)[position] = made;
    this.write(kept);
    return made;
  }

  drop(position, sequence) {
    if (this.private[position]?.sequence <= sequence) delete this.private[position];
    const kept = this.read();
    if (!kept.waiting[position] || kept.waiting[position].sequence > sequence) return;
    delete kept.waiting[position];
    this.write(kept);
  }

  forget() {
    this.memory = { waiting: {}, count: 0 };
    this.private = {};
    if (this.durable) this.storage.removeItem(this.key);
  }
}

function browserStorage() {
  try {
    localStorage.setItem("lms-quiz-try", "1");
    localStorage.removeItem("lms-quiz-try");
    return localStorage;
  } catch {
    return null;
  }
}

/** Ask the server; `status` 0 means that nothing came back. An answer is as old as its question: a device may sleep between. */
async function ask(url, body) {
  const asked = performance.now();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const reply = await fetch(url, {
      method: body ? "POST" : "GET",
      body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      keepalive: Boolean(body),
      signal: patience.signal,
    });
    const json = reply.headers.get("Content-Type")?.startsWith("application/json") ? await reply.json() : null;
    return { status: reply.status, json: json && { ...json, asked } };
  } catch {
    return { status: 0, json: null };
  } finally {
    clearTimeout(timer);
  }
}

/** The waiting answers as the page's own form would send them. */
function parcel(waiting, token) {
  const body = new URLSearchParams({ csrf_token: token });
  for (const [position, answer] of waiting) {
    body.append("q", position);
    body.append(`s-${position}`, answer.sequence);
    body.append(`t-${position}`, answer.at);
    for (const one of answer.choice) body.append(`${answer.fields ? "x" : "a"}-${position}`, one);
    if (answer.later) body.append(`l-${position}`, "1");
  }
  return body;
}

/** Counts by the server's clock: the device's own may be wrong by days, so only its stopwatch is used. */
export class Countdown {
  constructor(now, deadline) {
    this.set(now, deadline);
  }

  /** Take the server's word of the moment `mark`; what is older than the word it has is not taken. */
  set(now, deadline, mark = performance.now()) {
    if (mark < this.mark) return;
    this.now = Number(now);
    this.deadline = deadline === null || deadline === "" ? null : Number(deadline);
    this.mark = mark;
  }

  get left() {
    if (this.deadline === null) return null;
    return Math.max(0, (this.deadline - this.now - (performance.now() - this.mark)) / 1000);
  }

  text(words, hidden) {
    const left = this.left;
    if (left <= 0) return words.up;
    if (left <= 60) return words.one;
    if (hidden) return left <= 300 ? words.five : words.hidden;
    const minutes = Math.floor((left + 30) / 60);
    return minutes === 1 ? words.minute : words.minutes.replace("{n}", minutes);
  }
}

/** The page of questions. */
class Sheet {
  constructor(form) {
    this.form = form;
    this.words = JSON.parse(form.dataset.words);
    this.outbox = new Outbox(form.dataset.attempt);
    this.seen = Number(form.dataset.sequence);
    this.clock = new Countdown(form.dataset.now, form.dataset.deadline);
    this.told = this.clock.left ?? Infinity;
    this.signedOut = this.barred = this.ended = this.up = this.sent = false;
    this.sending = null;
    this.typing = new Map();
    this.questions = [...form.querySelectorAll("fieldset[data-position]")];
  }

  start() {
    for (const question of this.questions) this.restore(question);
    this.form.addEventListener("change", (event) => {
      const question = event.target.closest("fieldset[data-position]");
      if (question) this.changed(question);
    });
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("submit", (event) => this.leave(event));
    document.getElementById("time-button")?.addEventListener("click", (event) => this.toggle(event));
    addEventListener("online", () => this.again());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    addEventListener("beforeunload", (event) => {
      const only = this.outbox.durable ? Object.keys(this.outbox.private) : this.outbox.waiting;
      if (only.length || this.typing.size) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.resync());
    setInterval(() => this.again(), RETRY);
    if (this.clock.deadline !== null) {
      setInterval(() => this.tick(), 1000);
    }
    // Time may have been added meanwhile; and the board of the staff shows who is connected.
    setInterval(() => document.hidden || this.ended || this.resync(parcel([], this.token)), RESYNC);
    this.tick();
    this.flush();
  }

  // — answers

  restore(question) {
    const position = question.dataset.position;
    const kept = this.outbox.find(position);
    if (kept && kept.sequence > Number(question.dataset.sequence)) {
      this.show(question, kept);
      this.field("s", position).value = kept.sequence;
      this.mark(question, "way", this.words.unsaved);
    } else {
      this.outbox.drop(position, Number(question.dataset.sequence));
      // Chosen while this file was still on its way.
      if (this.asShown(question) !== this.field("w", position).value) this.changed(question);
    }
  }

  /** Words are saved when the hands rest, not only when the box is left. */
  typed(box) {
    const question = box.closest("fieldset[data-position]");
    if (!question || !box.matches("textarea, input:not([type=radio], [type=checkbox])")) return;
    clearTimeout(this.typing.get(question));
    this.typing.set(question, setTimeout(() => this.changed(question), PAUSE));
  }

  /** Take in what is being typed at this moment. */
  settleTyping() {
    for (const question of [...this.typing.keys()]) this.changed(question);
  }

  changed(question) {
    const position = question.dataset.position;
    clearTimeout(this.typing.get(question));
    this.typing.delete(question);
    const hidden = question.querySelector("[data-private]") !== null;
    const answer = this.outbox.put(position, this.read(question), this.seen, hidden);
    this.seen = answer.sequence;
    this.field("s", position).value = answer.sequence;
    this.mark(question, "way", this.words.saving);
    this.flush();
  }

  read(question) {
    const position = question.dataset.position;
    const chosen = question.querySelectorAll(`input[name="a-${position}"]:checked`);
    const later = question.querySelector(`input[name="l-${position}"]`);
    const fields = [...question.querySelectorAll(`[name="x-${position}"]`)];
    if (fields.length) return { choice: fields.map((box) => box.value), later: later.checked, fields: fields.length };
    return { choice: [...chosen].map((box) => Number(box.value)), later: later.checked };
  }

  show(question, answer) {
    const position = question.dataset.position;
    for (const box of question.querySelectorAll(`input[name="a-${position}"]`)) {
      box.checked = answer.choice.includes(Number(box.value));
    }
    for (const [at, box] of question.querySelectorAll(`[name="x-${position}"]`).entries()) {
      box.value = answer.choice[at] ?? "";
    }
    question.querySelector(`input[name="l-${position}"]`).checked = answer.later;
  }

  asShown(question, { choice, later } = this.read(question)) {
    const texts = choice.map(String);
    const fields = question.dataset.fields && texts.some(Boolean) ? [JSON.stringify(texts)] : [];
    return [...(question.dataset.fields ? fields : texts), ...(later ? ["later"] : [])].join(" ");
  }

  field(letter, position) {
    return this.form.elements.namedItem(`${letter}-${position}`);
  }

  // — saving: one request at a time, so that answers arrive in the order they were given

  flush() {
    this.sending ??= this.deliver().finally(() => (this.sending = null));
    return this.sending;
  }

  async deliver() {
    for (let tokens = 0; ; ) {
      const waiting = this.outbox.waiting;
      if (!waiting.length) return true;
      const { status, json } = await ask(this.form.action, parcel(waiting, this.token));
      if (json?.answers) this.settle(waiting, json);
      else if (status === 400 && json?.csrf_token && tokens++ < 2) this.token = json.csrf_token;
      else return this.failed(status, json);
    }
  }

  failed(status, json) {
    this.signedOut = status === 401;
    this.barred = status === 403 || status === 404; // no seat any more: each try would only be logged as a refusal
    for (const [position] of this.outbox.waiting) {
      const question = this.question(position);
      if (question) this.mark(question, "way", this.words.unsaved);
    }
    if (this.signedOut) this.say("way", this.words.signed_out, this.form.dataset.signIn, this.words.sign_in);
    else this.say("way", status ? (json?.error ?? this.words.broken) : this.words.unsaved);
    return false;
  }

  settle(waiting, json) {
    this.signedOut = false;
    this.follow(json);
    for (const [position, answer] of waiting) this.outbox.drop(position, answer.sequence);
    for (const answer of json.answers) this.settled(answer);
    const last = json.answers.filter((answer) => answer.state === "saved").pop();
    if (json.error) this.say("way", json.error);
    else if (!this.outbox.waiting.length && last) this.say("done", this.words.saved.replace("{time}", last.clock));
    if (!json.open) this.end();
  }

  settled(answer) {
    const question = this.question(answer.position);
    this.seen = Math.max(this.seen, answer.sequence);
    this.spot(answer);
    if (!question || this.outbox.find(answer.position) || this.typing.has(question)) return;
    if (answer.state === "stale") {
      this.show(question, answer);
      this.field("s", answer.position).value = answer.sequence + 1;
    }
    if (answer.state === "saved" || answer.state === "stale") {
      question.dataset.sequence = answer.sequence;
      this.field("w", answer.position).value = this.asShown(question, answer);
    }
    if (answer.said) this.mark(question, "way", answer.said);
    else if (answer.later) this.mark(question, "way", this.words.later);
    else if (!answer.choice.length) this.mark(question, "", this.words.unanswered);
    else if (!answer.whole) this.mark(question, "way", this.words.partly.replace("{time}", answer.clock));
    else this.mark(question, "done", this.words.saved.replace("{time}", answer.clock));
  }

  again() {
    if (this.signedOut) this.resync();
    else if (this.outbox.waiting.length && !this.barred) this.flush();
  }

  /** Ask where the attempt stands; signing in elsewhere, added time and sending from another tab are learnt here. */
  async resync(body) {
    const { status, json } = await ask(body ? this.form.action : this.form.dataset.standing, body);
    if (body && status === 400 && json?.csrf_token) return this.resync(); // the token was old; the standing has a new one
    if (status !== 200 || !json) return null;
    this.signedOut = false;
    this.follow(json);
    if (await this.flush()) if (!json.open) this.end();
    return json;
  }

  follow(json) {
    this.token = json.csrf_token;
    this.clock.set(json.now, json.deadline, json.asked);
    const whole = document.getElementById("time-of");
    if (json.paused && !this.outbox.waiting.length) location.reload(); // the clock stands still: no question is shown
    if (json.of !== undefined && whole.textContent !== json.of) whole.textContent = json.of; // somebody added time
  }

  get token() {
    return this.form.elements.namedItem("csrf_token").value;
  }

  set token(value) {
    this.form.elements.namedItem("csrf_token").value = value;
  }

  // — leaving the page

  leave(event) {
    if (this.ended) {
      event.preventDefault();
      location.assign(this.form.dataset.result);
      return;
    }
    this.settleTyping();
    if (this.outbox.waiting.length) {
      event.preventDefault();
      const button = event.submitter;
      this.flush().then((done) => {
        if (done && button) button.click();
        else if (done) this.form.submit();
        else if (!this.signedOut) this.say("way", this.words.waiting);
      });
    }
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    for (const question of this.questions) question.disabled = true;
    this.say("", this.words.closed, this.form.dataset.result, this.words.see_result);
  }

  // — time

  tick() {
    const left = this.clock.left;
    if (this.ended) return;
    const time = document.getElementById("time");
    if (left === null) {
      if (this.told !== Infinity) time.textContent = this.words.no_limit; // the limit was taken away meanwhile
      this.told = Infinity;
      return;
    }
    const text = this.clock.text(this.words, this.hidden);
    if (time.textContent !== text) time.textContent = text;
    const said = document.getElementById("time-said");
    if (left > 300 && said.textContent) said.textContent = "";
    for (const [limit, words] of [[300, this.words.five], [60, this.words.one]]) {
      if (left <= limit && this.told > limit && left > 0) said.textContent = words;
    }
    this.told = left;
    if (left <= 0 && !this.up) {
      this.up = true;
      this.finish();
    }
  }

  /** The time is up by our count: save what waits, ask, and send once if the server agrees. */
  async finish() {
    this.settleTyping();
    const standing = (await this.flush()) ? await this.resync() : null;
    if (this.signedOut || !standing) {
      if (!this.signedOut) this.say("way", this.words.over);
      setTimeout(() => this.finish(), RETRY);
    } else if (!standing.open) {
      location.assign(this.form.dataset.result);
    } else if (standing.deadline === null || standing.deadline > standing.now) {
      this.up = false;
    } else if (!this.sent) {
      this.sent = true;
      this.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "time_up", value: "1" }));
      this.form.action = this.form.dataset.send;
      this.form.submit();
    }
  }

  get hidden() {
    return this.form.elements.namedItem("time").value === "hidden";
  }

  toggle(event) {
    event.preventDefault();
    const hidden = !this.hidden;
    this.form.elements.namedItem("time").value = hidden ? "hidden" : "";
    document.getElementById("time-of").hidden = hidden;
    event.currentTarget.textContent = hidden ? this.words.show : this.words.hide;
    event.currentTarget.value = hidden ? "show" : "hide";
    this.tick();
  }

  // — what the page says

  question(position) {
    return this.questions.find((one) => one.dataset.position === String(position));
  }

  mark(question, state, text) {
    write(question.querySelector(".saved"), state, text);
  }

  say(state, text, address = "", label = "") {
    const place = document.getElementById("saved");
    write(place, state, text);
    place.querySelector("a")?.remove();
    if (!address) return;
    const link = Object.assign(document.createElement("a"), { href: address, textContent: label });
    if (address === this.form.dataset.signIn) link.target = "_blank";
    place.append(" ", link);
  }

  spot(answer) {
    const spot = this.form.querySelector(`[data-spot="${CSS.escape(answer.position)}"]`);
    if (!spot || !["saved", "stale"].includes(answer.state)) return;
    const state = answer.later ? "way" : answer.whole ? "done" : "open";
    spot.className = state === "open" ? "" : `is-${state}`;
    spot.firstElementChild.setAttribute("aria-label", this.words[`spot_${state}`].replace("{n}", answer.position));
    const spots = [...this.form.querySelectorAll("[data-spot]")];
    const done = spots.filter((one) => one.className === "is-done").length;
    const later = spots.filter((one) => one.className === "is-way").length;
    const tally = this.words.tally.replace("{n}", done).replace("{all}", spots.length);
    document.getElementById("qm").textContent = later ? `${tally}, ${this.words.kept.replace("{n}", later)}` : tally;
  }
}

function write(place, state, text) {
  const [mark, words] = place.children;
  mark.className = state ? `mark is-${state}` : "mark";
  if (words.textContent !== text) words.textContent = text;
}

/** On the page of a closed attempt: what still waits on this device is handed in, to be kept aside. */
async function handIn(place) {
  const outbox = new Outbox(place.dataset.attempt);
  const waiting = outbox.waiting;
  if (!waiting.length) return outbox.forget();
  const { status, json } = await ask(place.dataset.answers, parcel(waiting, place.dataset.token));
  if (!json?.answers) {
    if (status === 400 && json?.csrf_token) place.dataset.token = json.csrf_token;
    if (status !== 401 && status !== 403 && status !== 404) setTimeout(() => handIn(place), RETRY);
    return undefined;
  }
  outbox.forget();
  place.textContent = place.dataset.said;
  place.hidden = false;
  return undefined;
}

const form = document.querySelector("form[data-attempt]");
const leftovers = document.getElementById("leftovers");
if (form) new Sheet(form).start();
if (leftovers) handIn(leftovers);
