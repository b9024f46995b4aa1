// Plays both sides of a call as they come: the callee a little to the left, the agent to the right. Waits for a short
// store of sound before it begins, so that an uneven feed does not stutter, and leaves out what would be late.

const FIRST = 8000 * 0.14;
const MOST = 8000 * 1.2;

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    /** @type {[Float32Array, Float32Array][]} */
    this.chunks = [];
    this.at = 0;
    this.waiting = 0;
    this.playing = false;
    this.port.onmessage = ({ data }) => {
      if (!data) {
        this.chunks = [];
        this.at = this.waiting = 0;
        this.playing = false;
        return;
      }
      this.chunks.push(data);
      this.waiting += data[0].length;
      while (this.waiting > MOST) this.drop();
      if (this.waiting >= FIRST) this.playing = true;
    };
  }

  drop() {
    const chunk = this.chunks.shift();
    this.waiting -= chunk?.[0].length ?? 0;
    this.at = 0;
  }

  process(/** @type {Float32Array[][]} */ _inputs, /** @type {Float32Array[][]} */ [[left, right]]) {
    for (let n = 0; this.playing && n < left.length; n += 1) {
      if (!this.chunks.length) {
        this.playing = false;
        break;
      }
      const [callee, agent] = this.chunks[0];
      left[n] = 0.8 * callee[this.at] + 0.4 * agent[this.at];
      right[n] = 0.4 * callee[this.at] + 0.8 * agent[this.at];
      this.at += 1;
      if (this.at >= callee.length) this.drop();
    }
    return true;
  }
}

registerProcessor("player", Player);
