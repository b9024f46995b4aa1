// The chats: which one is shown, its messages, who one is in it, what is unread and who is typing.

import { atEnd, byId, make } from "./dom.js";
import { on, send } from "./feed.js";
import { MessageView } from "./message.js";
import { announce } from "./notices.js";

/** @typedef {{key: string, title: string, about: string, hint: string, group: boolean,
 *   people: {id: number, name: string}[]}} Room */

const TYPING_MS = 5000;
const SETTLED_MS = 1600;
const EXAMPLES = [
  "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane",
  "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday",
  "/help",
];

/** @type {Map<string, Room>} */
const rooms = new Map();
/** @type {Map<string, Map<number, MessageView>>} */
const views = new Map();
/** @type {Map<string, number>} */
const unread = new Map();
/** @type {{key: string, label: string}[]} */
let doors = [];
let shown = "own";
let typingUntil = 0;
/** @type {Map<number, {timer: number, told: string[]}>} */
const settling = new Map();
/** @type {Record<string, any>} */
let deeds = {};

export const room = () => rooms.get(shown);
export const me = () => Number(byId("as").value);
export const allDoors = () => doors;

/** The last message that one wrote oneself and can edit. */
export function lastOwn() {
  return [...(views.get(shown)?.values() ?? [])].reverse().find((v) => v.message.by === me() && v.message.text && !v.message.file)?.message;
}

/** @param {string} key */
export function show(key) {
  shown = key;
  unread.delete(key);
  if (!rooms.has(key)) return send({ do: "open", room: key });
  const { title, about, hint, group, people } = /** @type {Room} */ (rooms.get(key));
  byId("room-title").textContent = title;
  byId("room-about").textContent = about;
  byId("avatar").textContent = title.charAt(0);
  byId("text").placeholder = group ? "@ringback_bot call …" : hint;
  byId("as").replaceChildren(...people.map(({ id, name }) => make("option", { value: id }, name)));
  byId("as").parentElement.hidden = people.length < 2;
  lay(group);
  byId("empty").hidden = Boolean(views.get(key)?.size);
  fillEmpty();
  showDoors();
  deeds.changed?.();
  byId("log").scrollTop = byId("log").scrollHeight;
  return true;
}

/** Put the shown chat's messages up. In a group the same ones stand on the other side for somebody else.
 * @param {boolean} anew */
function lay(anew) {
  const known = views.get(shown) ?? new Map();
  for (const [id, view] of anew ? known : []) {
    known.set(id, new MessageView(view.message, { ...deeds, me, point }, view.message.by === me()));
  }
  byId("messages").replaceChildren(...[...known.values()].map((view) => view.element));
}

function showDoors() {
  const before = document.activeElement?.getAttribute("data-room");
  byId("doors").replaceChildren(
    ...doors.map(({ key, label }) => {
      const count = unread.get(key) ?? 0;
      const door = make("button", { type: "button", "data-room": key, "aria-pressed": String(key === shown) }, label);
      if (count) door.append(make("span", { className: "unread" }, String(count), make("span", { className: "unseen" }, " unread")));
      door.onclick = () => show(key);
      return door;
    }),
  );
  if (before) document.querySelector(`[data-room="${before}"]`)?.focus();
  byId("tab-chat").querySelector(".dot").hidden = ![...unread.values()].some(Boolean);
}

function fillEmpty() {
  const { group, hint } = /** @type {Room} */ (room());
  const words = group ? hint : shown === "own" ? "Write what you want done, for example:" : "Mallory found the bot, but nobody let her in. Write something as her; Shane can let her in with /allow 2002.";
  const examples = group ? [`@ringback_bot ${EXAMPLES[0]}`] : shown === "own" ? EXAMPLES : ["Hello?"];
  byId("empty").replaceChildren(
    make("p", {}, words),
    ...examples.map((text) => {
      const example = make("button", { type: "button" }, text);
      example.onclick = () => deeds.command(text);
      return example;
    }),
  );
}

/** @param {number} id */
function point(id) {
  const element = views.get(shown)?.get(id)?.element;
  element?.scrollIntoView({ block: "center", behavior: "smooth" });
  element?.classList.add("pointed");
  setTimeout(() => element?.classList.remove("pointed"), 1500);
}

/** @param {{message: import("./message.js").Message, old?: boolean}} told */
function received({ message, old }) {
  const known = views.get(message.room) ?? new Map();
  views.set(message.room, known);
  const log = byId("log");
  const follow = atEnd(log);
  const view = known.get(message.id);
  if (view) {
    view.update(message);
    if (message.room === shown && message.bot) settle(message);
  } else {
    const mine = !message.bot && (message.by === me() || rooms.get(message.room)?.people.length === 1);
    const made = new MessageView(message, { ...deeds, me, point }, mine);
    known.set(message.id, made);
    if (message.room === shown) {
      byId("empty").hidden = true;
      byId("messages").append(made.element);
      if (!old) made.element.classList.add("fresh");
      if (!old && message.bot) tellNew(message);
      if (mine) log.scrollTop = log.scrollHeight;
    } else if (message.bot && !old) {
      unread.set(message.room, (unread.get(message.room) ?? 0) + 1);
      showDoors();
    }
    if (message.bot) typing(0);
  }
  if (message.room === shown && (follow || old)) log.scrollTop = log.scrollHeight;
}

/** @param {import("./message.js").Message} message */
function tellNew(message) {
  settling.set(message.id, { timer: 0, told: message.text.split("\n") });
  const keys = message.keyboard.flat().map((button) => button.label).join(", ");
  announce(`${message.name}: ${message.text || message.file?.name || ""}${keys ? `. Buttons: ${keys}` : ""}`);
}

/** An edit is read out once it stands still, and only what it added. @param {import("./message.js").Message} message */
function settle(message) {
  const state = settling.get(message.id) ?? { timer: 0, told: [] };
  settling.set(message.id, state);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    const lines = message.text.split("\n");
    const added = lines.slice(1).filter((line) => line && !state.told.includes(line));
    state.told = lines;
    if (added.length) announce(added.join(". "));
  }, SETTLED_MS);
}

/** @param {number} until */
function typing(until) {
  typingUntil = until;
  const on = until > Date.now();
  const there = document.querySelector(".typing");
  if (on && !there) {
    const log = byId("log");
    const follow = atEnd(log);
    log.append(make("div", { className: "typing", "aria-hidden": "true" }, make("i"), make("i"), make("i")));
    if (follow) log.scrollTop = log.scrollHeight;
  }
  if (!on) there?.remove();
  const about = room()?.about;
  if (about) byId("room-about").textContent = on ? "typing…" : about;
}

/** `with`: what can be done with a message, and `changed` when another chat is shown.
 * @param {Record<string, any>} given */
export function start(given) {
  deeds = given;
  on("welcome", (told) => {
    doors = told.doors;
    shown = "own";
    rooms.clear();
    views.clear();
  });
  on("room", (told) => {
    rooms.set(told.room.key, told.room);
    if (told.room.key === shown) show(shown);
  });
  on("message", received);
  on("action", ({ room: key }) => {
    if (key !== shown) return;
    typing(Date.now() + TYPING_MS);
    setTimeout(() => Date.now() >= typingUntil && typing(0), TYPING_MS + 50);
  });
  byId("as").onchange = () => lay(true);
}
