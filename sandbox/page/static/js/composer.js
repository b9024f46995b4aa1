// Writing: text, replies, edits, contacts, voice messages.

import * as chat from "./chat.js";
import { byId, make } from "./dom.js";
import { send } from "./feed.js";
import { Microphone } from "./microphone.js";
import { toast } from "./notices.js";

const MOST_VOICE_S = 55;

/** @typedef {import("./message.js").Message} Message */
/** @type {{kind: "reply" | "edit", message: Message} | null} */
let aboutTo = null;
/** @type {Uint8Array[]} */
let recorded = [];
/** @type {Microphone | null} */
let microphone = null;
/** @type {Message | null} */
let forwarded = null;

/** @param {string} text */
export function write(text) {
  byId("text").value = text;
  grow();
  byId("text").focus();
}

/** @param {"reply" | "edit"} kind @param {Message} message */
function begin(kind, message) {
  aboutTo = { kind, message };
  byId("about-to").hidden = false;
  byId("about-to").firstElementChild.textContent = `${kind === "edit" ? "Edit" : `Reply to ${message.name}`}: ${message.text || message.file?.name || ""}`;
  if (kind === "edit") byId("text").value = message.text;
  grow();
  byId("text").focus();
}

function stop() {
  if (aboutTo?.kind === "edit") byId("text").value = "";
  aboutTo = null;
  byId("about-to").hidden = true;
  grow();
}

function grow() {
  const field = byId("text");
  field.style.height = "auto";
  field.style.height = `${Math.min(150, field.scrollHeight + 2)}px`;
  byId("send").disabled = !field.value.trim();
}

/** Who writes where, and to which message. */
function where() {
  const to = aboutTo?.kind === "reply" ? { reply_to: aboutTo.message.id } : {};
  return { room: chat.room()?.key, by: chat.me(), ...to };
}

/** @param {SubmitEvent} event */
function submit(event) {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (!text) return;
  const sent = aboutTo?.kind === "edit"
    ? send({ do: "edit", room: chat.room()?.key, by: chat.me(), message: aboutTo.message.id, text })
    : send({ do: "say", ...where(), text });
  if (!sent) return toast("There is no connection.");
  byId("text").value = "";
  aboutTo = null;
  byId("about-to").hidden = true;
  grow();
  return undefined;
}

async function record() {
  const button = byId("record");
  if (microphone) {
    microphone.stop();
    microphone = null;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", "Record a voice message");
    byId("recording").hidden = true;
    const bytes = recorded.reduce((sum, part) => sum + part.length, 0);
    if (bytes > 4000) send({ do: "voice", ...where(), audio: base64(recorded) });
    return stop();
  }
  recorded = [];
  microphone = await Microphone.open((audio) => {
    recorded.push(audio);
    const seconds = recorded.length * audio.length / 8000;
    byId("recording").firstChild.textContent = `● Recording ${Math.floor(seconds)} s. Press 🎤 again to send, Esc to drop it.`;
    if (seconds >= MOST_VOICE_S) record();
  });
  if (!microphone) return undefined;
  button.setAttribute("aria-pressed", "true");
  button.setAttribute("aria-label", "Send the voice message");
  byId("recording").replaceChildren(make("span", {}, "● Recording"));
  byId("recording").hidden = false;
  return undefined;
}

function drop() {
  microphone?.stop();
  microphone = null;
  byId("record").setAttribute("aria-pressed", "false");
  byId("recording").hidden = true;
}

/** @param {Uint8Array[]} parts */
function base64(parts) {
  return btoa(parts.map((part) => String.fromCharCode(...part)).join(""));
}

/** @param {boolean} open */
function menu(open) {
  byId("attach-menu").hidden = !open;
  byId("attach").setAttribute("aria-expanded", String(open));
  if (open) byId("attach-menu").querySelector("button").focus();
}

/** @param {KeyboardEvent} event */
function menuKeys(event) {
  const items = [...byId("attach-menu").querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  if (event.key === "Escape") {
    menu(false);
    byId("attach").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length].focus();
  }
}

/** @param {string} deed */
function attach(deed) {
  menu(false);
  if (deed === "contact") return byId("contact").showModal();
  const words = byId("text").value.trim();
  if (!words) toast("Write the words of the voice message first.");
  else if (send({ do: "voice", ...where(), words })) write("");
  return stop();
}

/** @param {Message} message */
function askWhereTo(message) {
  forwarded = message;
  byId("forward-to").replaceChildren(
    ...chat.allDoors().map(({ key, label }) => make("button", { value: key }, label)),
  );
  byId("forward").showModal();
}

/** What can be done with a message in the chat. */
export const deeds = {
  reply: (/** @type {Message} */ message) => begin("reply", message),
  edit: (/** @type {Message} */ message) => begin("edit", message),
  forward: askWhereTo,
  command: write,
  changed: stop,
};

export function start() {
  const field = byId("text");
  byId("composer").onsubmit = submit;
  field.oninput = grow;
  field.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("composer").requestSubmit();
    } else if (event.key === "Escape") {
      if (microphone) drop();
      else stop();
    } else if (event.key === "ArrowUp" && !field.value) {
      const last = chat.lastOwn();
      if (last) begin("edit", last);
    }
  };
  byId("about-to").querySelector("button").onclick = () => { stop(); field.focus(); };
  byId("record").onclick = record;
  byId("record").onkeydown = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && drop();
  byId("attach").onclick = () => menu(byId("attach-menu").hidden);
  byId("attach-menu").onkeydown = menuKeys;
  byId("attach-menu").onclick = ({ target }) => target.dataset.do && attach(target.dataset.do);
  byId("composer").addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
    if (!byId("attach-menu").contains(/** @type {Node} */ (event.relatedTarget)) && event.relatedTarget !== byId("attach")) menu(false);
  });
  byId("contact").onclose = () => {
    const form = byId("contact-form");
    if (byId("contact").returnValue !== "send") return;
    send({ do: "contact", ...where(), phone: form.elements.phone.value, name: form.elements.name.value });
    stop();
  };
  byId("forward").onclose = () => {
    const to = byId("forward").returnValue;
    if (!to || !forwarded) return;
    chat.show(to);
    const by = to === "stranger" ? 2002 : 1001;
    send({ do: "forward", room: forwarded.room, message: forwarded.id, by, to });
  };
  grow();
}
