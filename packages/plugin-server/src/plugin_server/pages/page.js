// What plain forms do without this, done in place; and copy buttons, and lists that stay live.
"use strict";

const POLL_MILLISECONDS = 1500;
const PAUSE_SECONDS = 5;
let changes = 0; // forms sent and answered: what was asked for before is old

document.documentElement.classList.add("script");

// ---- Copying

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  say(button, (await copied(source)) ? "Copied" : "Press Ctrl+C");
});

async function copied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    // Browsers have no clipboard for pages over plain http: the text is selected instead.
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

function say(button, word) {
  button.firstChild.data = word;
  announce(word);
  setTimeout(() => (button.firstChild.data = "Copy"), 2000);
}

const announcer = document.createElement("p");
announcer.setAttribute("role", "status");
announcer.className = "unseen";
document.body.append(announcer);

function announce(text) {
  announcer.textContent = text;
}

// ---- Forms

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.into) return;
  event.preventDefault();
  const place = document.getElementById(form.dataset.into);
  const body = new URLSearchParams(new FormData(form));
  changes += 1;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const page = read(await answer.text());
    const told = page.getElementById(place.id) ?? page.getElementById("message");
    if (!told) throw new Error(answer.status);
    replace(place, told);
    refresh(page);
    if (answer.ok && form.hasAttribute("data-reset")) form.reset();
  } catch {
    place.textContent = "The server did not take this. Try again.";
  }
  changes += 1;
  settle(place);
});

function read(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function replace(place, from) {
  if (!from || from.innerHTML === place.innerHTML) return;
  const label = place.contains(document.activeElement) && document.activeElement.ariaLabel;
  place.className = from.className;
  place.replaceChildren(...document.importNode(from, true).childNodes);
  // By what it does, because its place may now be another's.
  if (label) place.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
}

function settle(place) {
  const wanted = place.querySelector("[autofocus]");
  if (wanted) wanted.focus();
  else if (document.activeElement === document.body) document.querySelector("[data-home]")?.focus();
}

// ---- What others change

function refresh(page) {
  for (const place of document.querySelectorAll("[data-live]")) {
    replace(place, page.getElementById(place.id));
  }
}

let tag = null;

async function look() {
  const before = changes;
  const headers = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(location.href, { headers, cache: "no-store" });
  if (answer.status === 304) return 0;
  if (!answer.ok) return Number(answer.headers.get("Retry-After")) || PAUSE_SECONDS;
  const page = read(await answer.text());
  if (before === changes) {
    refresh(page);
    tag = answer.headers.get("ETag");
  }
  return 0;
}

async function follow() {
  let pause = 0;
  if (!document.hidden) {
    const state = document.getElementById("connection");
    try {
      pause = await look();
    } catch {
      pause = PAUSE_SECONDS;
    }
    if (state) state.textContent = pause ? "Not connected. Trying again." : "";
  }
  setTimeout(follow, Math.max(POLL_MILLISECONDS, pause * 1000));
}

if (document.querySelector("[data-live]")) setTimeout(follow, POLL_MILLISECONDS);
