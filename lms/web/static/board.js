/* Brings the board of a running quiz up to date every 15 seconds: it asks for the same page and takes over the parts
   that are marked `data-fresh`. Nothing is replaced in which somebody is at work, and nothing is read aloud. */

const EVERY = 15000;
const stale = document.getElementById("stale");

async function fresh() {
  const reply = await fetch(location.href, { credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" } });
  if (!reply.ok || reply.redirected) throw new Error(String(reply.status));
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}

function take(page) {
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const next = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (!next || part.contains(document.activeElement)) continue;
    part.replaceChildren(...document.adoptNode(next).childNodes);
  }
}

async function again() {
  if (document.hidden) return;
  try {
    take(await fresh());
    stale.hidden = true;
  } catch {
    stale.hidden = false; // the line is down, or somebody signed out: what stands here is older
  }
}

setInterval(again, EVERY);
document.addEventListener("visibilitychange", again);
