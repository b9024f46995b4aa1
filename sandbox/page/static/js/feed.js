// The feed: one WebSocket between this page and the sandbox. JSON both ways; binary messages are audio.

/** @type {Map<string, ((message: any) => void)[]>} */
const listeners = new Map();
/** @type {WebSocket | null} */
let socket = null;
let ref = 0;
/** @type {Map<number, (answer: {text: string, alert: boolean}) => void>} */
const waiting = new Map();

/** Hear messages of one kind; "audio" are the binary ones, "open" and "closed" the connection's.
 * @param {string} kind @param {(message: any) => void} listener */
export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

/** @param {string} kind @param {any} message */
function tell(kind, message) {
  for (const listener of listeners.get(kind) ?? []) listener(message);
}

/** Do something: see sandbox/page/commands.py. False while there is no connection.
 * @param {Record<string, any>} command */
export function send(command) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(command));
  return true;
}

/** 8 kHz mu-law from the microphone, for a line. @param {number} line @param {Uint8Array} audio */
export function sendAudio(line, audio) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const message = new Uint8Array(audio.length + 1);
  message[0] = line;
  message.set(audio, 1);
  socket.send(message);
}

/** Press a button; what the bot answers, which may be nothing.
 * @param {Record<string, any>} press @returns {Promise<{text: string, alert: boolean}>} */
export function ask(press) {
  ref += 1;
  const mine = ref;
  return new Promise((resolve) => {
    waiting.set(mine, resolve);
    if (!send({ do: "press", ref: mine, ...press })) resolve({ text: "There is no connection.", alert: false });
  });
}

on("pressed", (answer) => {
  waiting.get(answer.ref)?.(answer);
  waiting.delete(answer.ref);
});

export function connect() {
  socket = new WebSocket(`ws://${location.host}/feed`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => tell("open", null);
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return tell("audio", new Uint8Array(data));
    const message = JSON.parse(data);
    tell(message.kind, message);
  };
  socket.onclose = () => {
    for (const resolve of waiting.values()) resolve({ text: "", alert: false });
    waiting.clear();
    tell("closed", null);
    setTimeout(connect, 1500);
  };
}
