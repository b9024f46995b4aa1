// G.711 mu-law to and from linear samples between -1 and 1.

const BIAS = 0x84;
const CLIP = 32635;

/** @param {number} byte */
function linear(byte) {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits & 0x70) >> 4)) - BIAS;
  return (bits & 0x80 ? -magnitude : magnitude) / 32768;
}

const TABLE = Float32Array.from({ length: 256 }, (_, byte) => linear(byte));

/** @param {Uint8Array} audio @returns {Float32Array} */
export const decode = (audio) => Float32Array.from(audio, (byte) => TABLE[byte]);

/** @param {Float32Array} samples @returns {Uint8Array} */
export function encode(samples) {
  return Uint8Array.from(samples, (sample) => {
    const value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    const magnitude = Math.min(Math.abs(value), CLIP) + BIAS;
    const exponent = 24 - Math.clz32(magnitude);
    return ~((value < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
  });
}
