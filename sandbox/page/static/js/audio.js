// What is heard: both sides of the call that is shown, and a phone that rings to be answered.

import { byId } from "./dom.js";
import { decode } from "./mulaw.js";

const RATE_HZ = 8000;
const VOLUME = 0.5;

let wanted = true;
/** @type {AudioContext | null} */
let context = null;
/** @type {AudioWorkletNode | null} */
let player = null;
/** @type {GainNode | null} */
let volume = null;
/** @type {GainNode | null} */
let bell = null;

/** A browser plays nothing before somebody has touched the page: called at the first touch. */
async function begin() {
  if (context) return context.resume();
  context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
  volume = new GainNode(context, { gain: wanted ? VOLUME : 0 });
  volume.connect(context.destination);
  await context.audioWorklet.addModule("/static/js/player-worklet.js");
  player = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [2] });
  player.connect(volume);
  return context.resume();
}

/** Both sides of the same stretch, in mu-law; how loud each is, from 0 to 1.
 * @param {Uint8Array} callee @param {Uint8Array} agent @returns {[number, number]} */
export function play(callee, agent) {
  const sides = [decode(callee), decode(agent)];
  if (context?.state === "running") player?.port.postMessage(sides);
  return /** @type {[number, number]} */ (sides.map(loudness));
}

/** Forget what is still to be played: another call is shown. */
export function hush() {
  player?.port.postMessage(null);
}

/** @param {Float32Array} samples */
function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-9);
  return Math.max(0, Math.min(1, (decibels + 48) / 40));
}

/** Two seconds of bell, four of quiet, as phones ring in the US (440 and 480 Hz). @param {boolean} on */
export function ring(on) {
  if (!on || !context || !volume || context.state !== "running") {
    bell?.disconnect();
    bell = null;
    return;
  }
  if (bell) return;
  bell = new GainNode(context, { gain: 0 });
  for (let n = 0; n < 12; n += 1) {
    bell.gain.setTargetAtTime(0.14, context.currentTime + n * 6, 0.02);
    bell.gain.setTargetAtTime(0, context.currentTime + n * 6 + 2, 0.02);
  }
  for (const frequency of [440, 480]) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(bell);
    tone.start();
    tone.stop(context.currentTime + 72);
  }
  bell.connect(volume);
}

export function start() {
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => void begin(), { capture: true, once: true });
  const button = byId("sound");
  button.onclick = () => {
    wanted = !wanted;
    button.setAttribute("aria-pressed", String(wanted));
    button.querySelector(".icon").textContent = wanted ? "🔊" : "🔇";
    if (volume && context) volume.gain.setTargetAtTime(wanted ? VOLUME : 0, context.currentTime, 0.02);
  };
}
