// The page: a chat, a phone, the wire. Everything it shows comes over the feed.

import * as audio from "./audio.js";
import * as chat from "./chat.js";
import * as composer from "./composer.js";
import { byId } from "./dom.js";
import { connect, on } from "./feed.js";
import { toast } from "./notices.js";
import * as phone from "./phone.js";
import * as picker from "./picker.js";
import * as wires from "./wires.js";

const tabs = [byId("tab-chat"), byId("tab-phone")];

/** On a narrow screen one of the two is shown. @param {"chat" | "phone"} name */
function turnTo(name) {
  /** @type {HTMLElement} */ (document.querySelector(".stage")).dataset.shown = name;
  for (const tab of tabs) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    if (on) tab.querySelector(".dot").hidden = true;
  }
  const shown = byId(name === "chat" ? "log" : "screen");
  shown.scrollTop = shown.scrollHeight;
}

for (const tab of tabs) {
  tab.onclick = () => turnTo(tab.getAttribute("aria-controls"));
  tab.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[1 - tabs.indexOf(tab)];
    other.focus();
    other.click();
  };
}

audio.start();
chat.start(composer.deeds);
composer.start();
phone.start(() => {
  if (tabs[1].getAttribute("aria-selected") === "false") tabs[1].querySelector(".dot").hidden = false;
});
picker.start((text) => {
  turnTo("chat");
  chat.show("own");
  composer.write(text);
});
wires.start();
on("open", () => { byId("connection").textContent = ""; });
on("closed", () => { byId("connection").textContent = "The sandbox has stopped. Waiting for it…"; });
on("refused", ({ why }) => toast(why));
connect();
