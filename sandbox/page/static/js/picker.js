// Who picks up: a scenario, oneself, or whoever has the number; and a request that fits.

import { byId, make, spoken } from "./dom.js";
import { on, send } from "./feed.js";

/** @typedef {{name: string, about: string, request: string}} Scenario */

const FIRST = ["restaurant", "busy", "voicemail", "menu", "hold", "interrupter", "wrong_number", "hostile", "silent"];
const LABELS = {
  menu: "Phone menu", hold: "On hold, with music", hostile: "Hostile callee", silent: "Silent line", music: "Music first",
  failed: "Not in service", asks_back: "Asks back: you decide", menu_loop: "Phone menu in circles",
};
const ABOUT = {
  "": "Every number has somebody of its own: the request below is for the restaurant’s.",
  you: "Your phone rings here: answer it, and type or speak as the callee.",
};

/** @type {Map<string, Scenario>} */
let scenarios = new Map();

/** @param {{scenarios: Scenario[]}} told */
function fill(told) {
  scenarios = new Map(told.scenarios.map((one) => [one.name, one]));
  const option = (/** @type {string} */ name) => make("option", { value: name }, LABELS[name] ?? spoken(name));
  const others = [...scenarios.keys()].filter((name) => !FIRST.includes(name));
  byId("who").replaceChildren(
    make("option", { value: "" }, "Whoever has the number"),
    make("option", { value: "you" }, "You: answer it yourself"),
    make("optgroup", { label: "Try these" }, ...FIRST.map(option)),
    make("optgroup", { label: "And these" }, ...others.map(option)),
  );
}

function describe() {
  const who = byId("who").value;
  const example = scenarios.get(who) ?? scenarios.get("restaurant");
  byId("who-about").textContent = ABOUT[who] ?? scenarios.get(who)?.about ?? "";
  byId("try-text").textContent = example ? `“${example.request}”` : "";
}

/** @param {(text: string) => void} write puts a request where messages are written */
export function start(write) {
  on("welcome", fill);
  on("choice", ({ who, once }) => {
    byId("who").value = who;
    byId("once").checked = once;
    describe();
  });
  const pick = () => send({ do: "pick", who: byId("who").value, once: byId("once").checked });
  byId("who").onchange = () => { describe(); pick(); };
  byId("once").onchange = pick;
  byId("try").onclick = () => write((scenarios.get(byId("who").value) ?? scenarios.get("restaurant"))?.request ?? "");
}
