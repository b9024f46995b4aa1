// The microphone's samples, brought to 8 kHz by averaging, in frames of 20 ms.

const FRAME = 160;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / 8000;
    this.next = this.step;
    this.seen = 0;
    this.sum = 0;
    this.count = 0;
    this.frame = new Float32Array(FRAME);
    this.at = 0;
  }

  process(/** @type {Float32Array[][]} */ [input]) {
    for (const sample of input[0] ?? []) {
      this.sum += sample;
      this.count += 1;
      this.seen += 1;
      if (this.seen >= this.next) this.put();
    }
    return true;
  }

  put() {
    this.frame[this.at] = this.sum / this.count;
    this.at += 1;
    this.sum = this.count = 0;
    this.next += this.step;
    if (this.at < FRAME) return;
    this.port.postMessage(this.frame.slice());
    this.at = 0;
  }
}

registerProcessor("capture", Capture);
