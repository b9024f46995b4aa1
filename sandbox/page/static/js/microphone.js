// The microphone as 8 kHz mu-law (G.711), in frames of 20 ms.

import { toast } from "./notices.js";
import { encode } from "./mulaw.js";

export class Microphone {
  /** @param {AudioContext} context @param {MediaStream} stream @param {AudioWorkletNode} node */
  constructor(context, stream, node) {
    this.context = context;
    this.stream = stream;
    this.node = node;
  }

  /** Null where there is no microphone, or it may not be used.
   * @param {(audio: Uint8Array) => void} onAudio @returns {Promise<Microphone | null>} */
  static async open(onAudio) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      // At the device's own rate: not every browser changes it on the way in.
      const context = new AudioContext();
      await context.audioWorklet.addModule("/static/js/capture-worklet.js");
      const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => onAudio(encode(data));
      context.createMediaStreamSource(stream).connect(node);
      return new Microphone(context, stream, node);
    } catch (error) {
      toast(`The microphone cannot be used: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  stop() {
    this.node.port.onmessage = null;
    for (const track of this.stream.getTracks()) track.stop();
    this.context.close();
  }
}
