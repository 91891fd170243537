// Numbers: how they are written, and where the ticks of an axis are.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const superscript = (n) => [...String(n)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("");

/** Write a number with so many significant digits, a real minus, and powers of ten in full. */
export function format(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e").map(Number);
    const power = `10${superscript(exponent)}`;
    return (mantissa === 1 ? power : `${mantissa} × ${power}`).replace("-", "−");
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** Return the ticks of an axis, about `room` of them, as [value, text]. */
export function ticks({ low, high, log, whole }, room) {
  if (log && high / low >= 30) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((last - first + 1) / room));
    const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return powers
      .filter((power) => power % every === 0)
      .map((n) => [10 ** n, n === 0 ? "1" : n === 1 ? "10" : `10${superscript(n)}`]);
  }
  if (log) {
    const power = 10 ** Math.floor(Math.log10(low));
    const all = [1, 2, 5, 10, 20, 50, 100].map((n) => n * power);
    return all.filter((v) => v >= low * 0.999 && v <= high * 1.001).map((v) => [v, format(v)]);
  }
  const rough = (high - low) / Math.max(room, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 5, 10].find((n) => n * power >= rough * 0.999) * power;
  if (whole) step = Math.max(1, step);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + step * 1e-6; i++) {
    found.push([i * step, format(i * step, 6)]);
  }
  return found;
}
