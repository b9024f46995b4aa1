// A message's text with its entities (https://core.telegram.org/bots/api#messageentity) as elements. Offsets and lengths
// count UTF-16 code units, as JavaScript's strings do.

import { make } from "./dom.js";

/** @typedef {{type: string, offset: number, length: number, url?: string, language?: string}} Entity */

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code" };

/**
 * @param {string} text
 * @param {Entity[]} entities
 * @param {(command: string) => void} onCommand a tap on /command
 * @returns {(Node | string)[]}
 */
export function rendered(text, entities, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return between(text, 0, text.length, sorted, onCommand);
}

/** @param {string} text @param {number} start @param {number} end @param {Entity[]} entities
 * @param {(command: string) => void} onCommand @returns {(Node | string)[]} */
function between(text, start, end, entities, onCommand) {
  const nodes = [];
  let at = start;
  let next = 0;
  while (next < entities.length) {
    const entity = entities[next];
    const stop = Math.min(end, entity.offset + entity.length);
    let after = next + 1;
    while (after < entities.length && entities[after].offset < stop) after += 1;
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const inner = between(text, Math.max(at, entity.offset), stop, entities.slice(next + 1, after), onCommand);
    nodes.push(element(entity, inner, text.slice(entity.offset, stop), onCommand));
    at = Math.max(at, stop);
    next = after;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

/** @param {Entity} entity @param {(Node | string)[]} inner @param {string} plain
 * @param {(command: string) => void} onCommand @returns {Node | string} */
function element(entity, inner, plain, onCommand) {
  switch (entity.type) {
    case "bold": case "italic": case "underline": case "strikethrough": case "code":
      return make(TAGS[entity.type], {}, ...inner);
    case "pre":
      return make("pre", {}, ...inner);
    case "blockquote":
      return make("blockquote", {}, make("div", { className: "quoted" }, ...inner));
    case "expandable_blockquote":
      return expandable(inner);
    case "spoiler": {
      const hidden = make("button", { type: "button", className: "spoiler", "aria-label": "Hidden text: show" }, ...inner);
      hidden.onclick = () => { hidden.classList.add("seen"); hidden.removeAttribute("aria-label"); };
      return hidden;
    }
    case "text_link":
      return link(entity.url ?? "", inner);
    case "url":
      return link(/^https?:/i.test(plain) ? plain : `https://${plain}`, inner);
    case "email":
      return link(`mailto:${plain}`, inner);
    case "phone_number":
      return link(`tel:${plain}`, inner);
    case "bot_command": {
      const command = make("button", { type: "button", className: "command" }, ...inner);
      command.onclick = () => onCommand(plain);
      return command;
    }
    default:
      return make("span", {}, ...inner);
  }
}

/** @param {(Node | string)[]} inner */
function expandable(inner) {
  const toggle = make("button", { type: "button", className: "unfold", "aria-expanded": "false" }, "Show all");
  const quote = make("blockquote", { className: "expandable folded" }, make("div", { className: "quoted" }, ...inner), toggle);
  toggle.onclick = () => {
    const folded = quote.classList.toggle("folded");
    toggle.setAttribute("aria-expanded", String(!folded));
    toggle.textContent = folded ? "Show all" : "Show less";
  };
  return quote;
}

/** Only what is safe to open becomes a link. @param {string} url @param {(Node | string)[]} inner */
function link(url, inner) {
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return make("span", {}, ...inner);
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...inner);
}
