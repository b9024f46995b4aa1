// The phone that is called: its calls, their sound and words, and what one does where one answers it oneself.

import * as audio from "./audio.js";
import { atEnd, byId, clock, dialled, make, spoken } from "./dom.js";
import { on, send, sendAudio } from "./feed.js";
import { Microphone } from "./microphone.js";
import { announce } from "./notices.js";

/** @typedef {{id: number, number: string, who: string, status: string, talked_s: number, over: boolean}} Line */

const LIVE = "in-progress";
const STATES = {
  queued: "being dialled…", ringing: "ringing…", [LIVE]: "connected", completed: "the call has ended", busy: "busy",
  "no-answer": "nobody answered", failed: "the call failed", canceled: "the caller gave up",
};

/** @type {Map<number, Line>} */
const lines = new Map();
/** @type {Map<number, Map<number, HTMLElement>>} */
const captions = new Map();
/** The one that is shown, 0 for none. */
let shown = 0;
let frames = 0;
let levels = [0, 0];
/** @type {Microphone | null} */
let microphone = null;
let onRinging = () => {};

/** @param {number} id */
function show(id) {
  if (id !== shown) audio.hush();
  shown = id;
  byId("captions").replaceChildren(...(captions.get(id)?.values() ?? []));
  draw();
}

function draw() {
  const line = lines.get(shown);
  const status = line?.status ?? "";
  const yours = line?.who === "you" && !line.over;
  byId("phone").dataset.status = status;
  byId("line-title").textContent = line ? dialled(line.number) : "The other phone";
  byId("line-about").textContent = line ? `${line.who === "you" ? "you" : spoken(line.who)} · ${STATES[status] ?? status}` : "nobody is calling";
  const ringing = status === "ringing" || status === "queued";
  byId("idle").hidden = Boolean(line) && !ringing && Boolean(captions.get(shown)?.size || status === LIVE);
  byId("idle-text").textContent = !line ? "Every call ends up here, whatever number is dialled."
    : ringing ? (yours ? "Your phone is ringing. Pick up?" : `It rings where “${spoken(line.who)}” picks up, or does not.`)
      : spoken(STATES[status] ?? status);
  byId("ringing").hidden = !(yours && status === "ringing");
  byId("speaking").hidden = !(yours && status === LIVE);
  audio.ring(Boolean(yours && status === "ringing"));
  if (!yours || status !== LIVE) stopMicrophone();
  drawLines();
  tick();
}

function drawLines() {
  const live = [...lines.values()].filter((line) => !line.over || line.id === shown);
  byId("lines").hidden = live.length < 2;
  byId("lines").replaceChildren(
    ...live.map((line) => {
      const button = make("button", { type: "button", "aria-pressed": String(line.id === shown) }, dialled(line.number));
      button.onclick = () => show(line.id);
      return button;
    }),
  );
}

function tick() {
  const line = lines.get(shown);
  byId("line-time").textContent = line && (line.talked_s || line.status === LIVE) ? clock(line.talked_s) : "";
}

/** @param {{line: Line}} told */
function changed({ line }) {
  const before = lines.get(line.id);
  lines.set(line.id, line);
  if (before && before.status === line.status && before.over === line.over) return tick();
  if (before) return line.id === shown ? moved(line) : drawLines();
  captions.set(line.id, captions.get(line.id) ?? new Map());
  const busy = shown && !lines.get(shown)?.over;
  if (!line.over || !busy) show(line.id);
  return line.over || onRinging();
}

/** Whoever used the keyboard goes on with it where the controls have changed. @param {Line} line */
function moved(line) {
  const inside = byId("ringing").contains(document.activeElement) || byId("speaking").contains(document.activeElement);
  draw();
  if (line.over) {
    const other = [...lines.values()].reverse().find((one) => !one.over);
    if (other) show(other.id);
  }
  if (!inside) return;
  (byId("speaking").hidden ? byId("screen") : byId("words")).focus();
}

/** @param {{line: number, number: number, side: "callee" | "agent", text: string, done: boolean}} told */
function heard({ line, number, side, text, done }) {
  const known = captions.get(line) ?? new Map();
  captions.set(line, known);
  const screen = byId("screen");
  const follow = atEnd(screen);
  let caption = known.get(number);
  if (!caption) {
    caption = make("li", {}, make("b", {}, side === "agent" ? "Agent" : "Callee"), make("span"));
    known.set(number, caption);
    if (line === shown) byId("captions").append(caption);
  }
  caption.className = `caption ${side}${done ? " done" : ""}`;
  caption.lastChild.textContent = text || (done ? "(a sound)" : "");
  if (line === shown) byId("idle").hidden = true;
  if (line === shown && done && text && !lines.get(line)?.over) announce(`${side === "agent" ? "Agent" : "Callee"}: ${text}`);
  if (follow && line === shown) screen.scrollTop = screen.scrollHeight;
}

/** @param {Uint8Array} message */
function sounded(message) {
  if (message[0] !== shown) return;
  const half = (message.length - 1) / 2;
  const loud = audio.play(message.subarray(1, 1 + half), message.subarray(1 + half));
  levels = levels.map((level, side) => Math.max(level, loud[side]));
  frames += half / 160;
  byId("phone").dataset.frames = String(frames);
}

function drawLevels() {
  for (const [side, level] of [["callee", levels[0]], ["agent", levels[1]]]) {
    const meter = byId(`meter-${side}`);
    meter.style.setProperty("--level", Number(level).toFixed(2));
    meter.setAttribute("aria-valuenow", String(Math.round(Number(level) * 100)));
  }
  levels = levels.map((level) => level * 0.55);
}

async function speak() {
  if (microphone) return stopMicrophone();
  const line = shown;
  microphone = await Microphone.open((sound) => sendAudio(line, sound));
  byId("microphone").setAttribute("aria-pressed", String(Boolean(microphone)));
  return undefined;
}

function stopMicrophone() {
  microphone?.stop();
  microphone = null;
  byId("microphone").setAttribute("aria-pressed", "false");
}

/** @param {() => void} ringing called when a call begins */
export function start(ringing) {
  onRinging = ringing;
  on("welcome", () => {
    lines.clear();
    captions.clear();
    show(0);
  });
  on("line", changed);
  on("caption", heard);
  on("audio", sounded);
  for (const button of byId("ringing").querySelectorAll("button")) {
    button.onclick = () => send({ do: "pick_up", line: shown, how: button.dataset.how });
  }
  byId("speaking").onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = byId("words").value.trim();
    if (text && send({ do: "speak", line: shown, text })) byId("words").value = "";
  };
  byId("hang-up").onclick = () => send({ do: "hang_up", line: shown });
  byId("microphone").onclick = speak;
  setInterval(drawLevels, 80);
}
