// The wire panel: what Twilio and OpenAI Realtime are told and say, while it is open.

import { atEnd, byId, make } from "./dom.js";
import { on, send } from "./feed.js";

/** @typedef {{id: number, at_s: number, wire: string, way: "in" | "out", name: string, text: string, times: number}} Entry */

const KEPT = 300;
/** @type {Map<number, HTMLElement>} */
const shown = new Map();

/** @param {Entry} entry */
function row(entry) {
  return make(
    "li",
    { "data-wire": entry.wire, "data-way": entry.way },
    make(
      "details",
      {},
      make(
        "summary",
        {},
        make("span", { className: "at" }, entry.at_s.toFixed(2)),
        make("span", { className: "way", "aria-label": entry.way === "out" ? "from Ringback" : "to Ringback" }, entry.way === "out" ? "→" : "←"),
        make("span", { className: "wire" }, entry.wire),
        make("span", { className: "name" }, entry.name),
        make("span", { className: "times" }, entry.times > 1 ? `×${entry.times}` : ""),
      ),
      make("pre", {}, entry.text),
    ),
  );
}

function filter() {
  const wanted = new Set([...document.querySelectorAll(".filters input:checked")].map((box) => /** @type {any} */ (box).value));
  for (const element of shown.values()) element.hidden = !wanted.has(element.dataset.wire ?? "");
}

/** @param {{entries: Entry[]}} told */
function told({ entries }) {
  const list = byId("entries");
  const follow = atEnd(list);
  for (const entry of entries) {
    const known = shown.get(entry.id);
    if (known) {
      known.querySelector(".times").textContent = `×${entry.times}`;
      known.querySelector("pre").textContent = entry.text;
      continue;
    }
    shown.set(entry.id, row(entry));
    list.append(/** @type {Node} */ (shown.get(entry.id)));
  }
  for (const id of [...shown.keys()].slice(0, Math.max(0, shown.size - KEPT))) {
    shown.get(id)?.remove();
    shown.delete(id);
  }
  filter();
  if (follow) list.scrollTop = list.scrollHeight;
}

export function start() {
  const panel = byId("wires");
  const ask = () => {
    shown.clear();
    byId("entries").replaceChildren();
    send({ do: "look_on", wires: panel.open });
  };
  panel.ontoggle = () => {
    ask();
    if (panel.open) panel.scrollIntoView({ block: "nearest" });
  };
  on("open", () => panel.open && ask());
  on("wires", told);
  for (const box of document.querySelectorAll(".filters input")) /** @type {any} */ (box).onchange = filter;
}
