// One message: its bubble, its keyboard, and what can be done with it. An edit changes the element in place, so that
// what has the focus keeps it.

import { make } from "./dom.js";
import { rendered } from "./entities.js";
import { ask, send } from "./feed.js";
import { alertBox, toast } from "./notices.js";

/**
 * @typedef {{room: string, id: number, by: number, name: string, bot: boolean, date: number, text: string,
 *   entities: import("./entities.js").Entity[], keyboard: {label: string, data: string | null, url: string | null}[][],
 *   file: null | {id: string, kind: string, name: string, size: number, s: number},
 *   contact: null | {phone_number: string, first_name: string}, forwarded: string,
 *   reply: null | {id: number, name: string, text: string}, general: boolean, edited: boolean,
 *   reactions: {emoji: string, by: number[], names: string[]}[],
 *   deleted: boolean}} Message
 * @typedef {{me: () => number, reply: (m: Message) => void, edit: (m: Message) => void, forward: (m: Message) => void,
 *   command: (text: string) => void, point: (id: number) => void}} Deeds
 */

const REACTIONS = ["👍", "❤", "😁", "🎉", "🤔", "👎"];
const SYMBOLS = { document: "📄", audio: "🎵", photo: "🖼️" };

export class MessageView {
  /** @param {Message} message @param {Deeds} deeds @param {boolean} mine */
  constructor(message, deeds, mine) {
    this.deeds = deeds;
    this.message = message;
    this.mine = mine;
    this.bubble = make("div", { className: "bubble" });
    this.keyboard = make("div", { className: "keyboard", role: "group", "aria-label": "Buttons" });
    this.element = make(
      "li",
      { className: `message ${message.bot ? "bot" : mine ? "mine" : "other"}`, "data-id": message.id },
      make("div", { className: "said" }, this.bubble, this.#actions()),
      this.keyboard,
    );
    this.shownFile = "";
    this.update(message);
  }

  /** @param {Message} message */
  update(message) {
    const before = this.message;
    this.message = message;
    this.element.hidden = message.deleted;
    const same = this.bubble.childNodes.length && content(before) === content(message);
    if (!same) this.#fill();
    const keys = JSON.stringify(message.keyboard);
    if (keys !== this.keys) {
      this.keys = keys;
      this.#buttons();
    }
  }

  #fill() {
    const { message } = this;
    const open = [...this.bubble.querySelectorAll("blockquote.expandable:not(.folded)")].length > 0;
    const text = make("div", { className: "text" }, ...rendered(message.text, message.entities, this.deeds.command));
    // A player that is playing must not be torn out by an edit of its caption.
    this.file = message.file && this.shownFile === message.file.id ? this.file : attached(message);
    this.shownFile = message.file?.id ?? "";
    this.bubble.replaceChildren(
      ...[
        this.mine || message.bot
          ? make("span", { className: "unseen" }, this.mine ? "You: " : `${message.name}: `)
          : make("div", { className: "author" }, message.name),
        message.general && make("div", { className: "forwarded" }, "in General"),
        message.forwarded && make("div", { className: "forwarded" }, `Forwarded from ${message.forwarded}`),
        message.reply && this.#quote(message.reply),
        this.file,
        message.contact && contactCard(message.contact),
        message.text && text,
        this.#meta(),
        message.reactions.length > 0 && make("div", { className: "reactions" }, ...message.reactions.map((one) => this.#reaction(one))),
      ].filter(Boolean),
    );
    if (open) for (const toggle of this.bubble.querySelectorAll(".unfold")) toggle.click();
  }

  #meta() {
    const time = new Date(this.message.date * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    return make("span", { className: "meta" }, `${this.message.edited ? "edited " : ""}${time}${this.mine ? " ✓✓" : ""}`);
  }

  /** @param {{id: number, name: string, text: string}} reply */
  #quote(reply) {
    const quote = make("button", { type: "button", className: "quote" }, make("b", {}, reply.name), make("span", {}, reply.text || "…"));
    quote.onclick = () => this.deeds.point(reply.id);
    return quote;
  }

  /** Who put it there; a press puts one's own beside it, or takes it back.
   * @param {{emoji: string, by: number[], names: string[]}} reaction */
  #reaction({ emoji, by, names }) {
    const own = by.includes(this.deeds.me());
    const label = `${emoji} by ${names.join(", ")}`;
    const chip = make("button", { type: "button", title: label, "aria-label": label, "aria-pressed": String(own) }, `${emoji}${by.length > 1 ? ` ${by.length}` : ""}`);
    chip.onclick = () => this.#react(own ? "" : emoji);
    return chip;
  }

  /** @param {string} emoji "" for none */
  #react(emoji) {
    send({ do: "react", room: this.message.room, message: this.message.id, by: this.deeds.me(), emoji });
    this.#offer(false);
  }

  /** The reactions to choose from. @param {boolean} open */
  #offer(open) {
    const had = this.choice?.contains(document.activeElement);
    this.choice?.remove();
    this.choice = null;
    this.reactKey.setAttribute("aria-expanded", String(open));
    if (!open) return had && this.reactKey.focus({ preventScroll: true });
    const own = this.message.reactions.find(({ by }) => by.includes(this.deeds.me()))?.emoji;
    this.choice = make("div", { className: "choice", role: "group", "aria-label": "Reactions" },
      ...REACTIONS.map((emoji) => {
        const key = make("button", { type: "button", "aria-label": `React with ${emoji}`, "aria-pressed": String(emoji === own) }, emoji);
        key.onclick = () => this.#react(emoji === own ? "" : emoji);
        return key;
      }));
    this.choice.onkeydown = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.#offer(false);
    this.element.firstElementChild.after(this.choice);
    this.choice.scrollIntoView({ block: "nearest" });
    return this.choice.querySelector("button").focus({ preventScroll: true });
  }

  #actions() {
    const actions = make("div", { className: "actions" });
    const add = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {(m: Message) => void} */ deed) => {
      const button = make("button", { type: "button", title: label, "aria-label": label }, sign);
      button.onclick = () => deed(this.message);
      actions.append(button);
      return button;
    };
    add("↩", "Reply", (m) => this.deeds.reply(m));
    if (this.mine && !this.message.file && !this.message.contact) add("✎", "Edit", (m) => this.deeds.edit(m));
    add("↪", "Forward", (m) => this.deeds.forward(m));
    this.reactKey = add("☺", "React", () => this.#offer(!this.choice));
    this.reactKey.setAttribute("aria-expanded", "false");
    return actions;
  }

  #buttons() {
    const focused = [...this.keyboard.querySelectorAll("button, a")].indexOf(document.activeElement);
    const was = focused >= 0 ? /** @type {HTMLElement} */ (document.activeElement).dataset.data : null;
    this.keyboard.replaceChildren(
      ...this.message.keyboard.map((row) => make("div", {}, ...row.map((button) => this.#button(button)))),
    );
    this.keyboard.hidden = this.message.keyboard.length === 0;
    if (focused < 0) return;
    const now = [.../** @type {NodeListOf<HTMLElement>} */ (this.keyboard.querySelectorAll("button, a"))];
    const next = now.find((button) => button.dataset.data === was) ?? now[Math.min(focused, now.length - 1)];
    if (next) return next.focus({ preventScroll: true });
    this.element.tabIndex = -1;
    this.element.focus({ preventScroll: true });
  }

  /** @param {{label: string, data: string | null, url: string | null}} button */
  #button({ label, data, url }) {
    if (url) return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, `${label} ↗`);
    const key = make("button", { type: "button", "data-data": data ?? "" }, label);
    key.onclick = async () => {
      if (!data || key.getAttribute("aria-busy") === "true") return;
      key.setAttribute("aria-busy", "true");
      const answer = await ask({ room: this.message.room, message: this.message.id, by: this.deeds.me(), data });
      key.setAttribute("aria-busy", "false");
      (answer.alert ? alertBox : toast)(answer.text);
    };
    return key;
  }
}

/** What of a message is in its bubble. @param {Message} message */
function content({ text, entities, file, contact, edited, reactions }) {
  return JSON.stringify([text, entities, file, contact, edited, reactions]);
}

/** @param {Message} message */
function attached({ file }) {
  if (!file) return null;
  const address = `/files/${encodeURIComponent(file.id)}`;
  if (file.kind === "voice" || file.kind === "audio") {
    return make("audio", { src: address, controls: true, preload: "metadata", "aria-label": `Voice message, ${file.s} seconds` });
  }
  const size = file.size < 1024 ? `${file.size} bytes` : `${Math.round(file.size / 1024)} KB`;
  return make(
    "a",
    { className: "file", href: address, download: file.name },
    make("span", { className: "kind", "aria-hidden": "true" }, SYMBOLS[file.kind] ?? "📄"),
    make("span", {}, make("b", {}, file.name), make("small", {}, `${size} · download`)),
  );
}

/** @param {{phone_number: string, first_name: string}} contact */
function contactCard(contact) {
  return make(
    "div",
    { className: "file" },
    make("span", { className: "kind", "aria-hidden": "true" }, "👤"),
    make("span", {}, make("b", {}, contact.first_name), make("small", {}, contact.phone_number)),
  );
}
