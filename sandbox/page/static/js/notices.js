// What is said in passing: toasts, alerts, and words for screen readers.

import { byId, make } from "./dom.js";

const SHOWN_MS = 3500;

/** The answer to a press, as Telegram shows it. @param {string} text */
export function toast(text) {
  if (!text) return;
  const shown = make("p", { className: "toast" }, text);
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

/** An answer with `show_alert`. @param {string} text */
export function alertBox(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

/** Read out what has appeared. @param {string} text */
export function announce(text) {
  const said = make("p", {}, text);
  byId("announcer").append(said);
  setTimeout(() => said.remove(), 8000);
}
