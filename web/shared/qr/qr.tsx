/**
 * A text as a QR code (ISO/IEC 18004), dark on light in either theme, so that every camera reads it.
 *
 * @module
 */
import { encode } from "uqr";

/** Light modules around the code: fewer than four make some cameras fail. */
const QUIET = 4;

/** A QR code of `text`; `label` is its name for screen readers. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={modulePath(data)} shapeRendering="crispEdges" />
    </svg>
  );
}

/** One horizontal bar for each run of dark modules. */
export function modulePath(data: readonly (readonly boolean[])[]): string {
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      const width = x - start + 1;
      path += `M${start} ${y}h${width}v1h-${width}z`;
    }
  });
  return path;
}
