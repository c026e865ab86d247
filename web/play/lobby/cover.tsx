/**
 * The picture on a card: how the game was left on this device, else art drawn from its name.
 *
 * @module
 */
import type { App } from "./library.ts";
import { artOf } from "./art.ts";

interface CoverProps {
  readonly app: Pick<App, "app_id" | "system" | "kind">;
  readonly picture: string | undefined;
}

export function Cover({ app, picture }: CoverProps) {
  if (picture !== undefined) return <img class="cover" src={picture} alt="" draggable={false} />;
  const { hue, cells } = artOf(app);
  const tone = (lightness: number, chroma: number, turn = 0) =>
    `oklch(${lightness} ${chroma} ${(hue + turn) % 360})`;
  return (
    <svg
      class="cover"
      viewBox="0 0 160 120"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <defs>
        <linearGradient id={`sky-${app.app_id}`} x1="0" y1="0" x2="0.6" y2="1">
          <stop offset="0" stop-color={tone(0.36, 0.085)} />
          <stop offset="1" stop-color={tone(0.2, 0.05, 40)} />
        </linearGradient>
      </defs>
      <rect width="160" height="120" fill={`url(#sky-${app.app_id})`} />
      {app.kind === "live" && <LiveArt tone={tone} />}
      {app.kind === "desktop" && <DesktopArt tone={tone} />}
      {app.kind === "game" && (
        <g transform="translate(44 24)">
          <g fill={tone(0.15, 0.04)} opacity="0.55" transform="translate(2.500 3.500)">
            {cells.map(([x, y]) => (
              <rect x={x * 8} y={y * 8} width="8" height="8" key={`${x} ${y}`} />
            ))}
          </g>
          {cells.map(([x, y, shade]) => (
            <rect
              x={x * 8}
              y={y * 8}
              width="8"
              height="8"
              fill={shade ? tone(0.93, 0.06, 60) : tone(0.76, 0.14)}
              key={`${x} ${y}`}
            />
          ))}
        </g>
      )}
    </svg>
  );
}

type Tone = (lightness: number, chroma: number, turn?: number) => string;

/** A lens and the waves around it. */
function LiveArt({ tone }: { tone: Tone }) {
  return (
    <g fill="none" stroke-width="5" transform="translate(80 60)">
      {[52, 40, 28].map((radius, i) => (
        <circle
          r={radius}
          stroke={tone(0.5 + i * 0.1, 0.1)}
          opacity={0.25 + i * 0.25}
          key={radius}
        />
      ))}
      <circle r="13" fill={tone(0.85, 0.11)} stroke="none" />
      <circle r="5" cx="-3" cy="-3" fill={tone(0.98, 0.02)} stroke="none" />
    </g>
  );
}

/** Two windows, one over the other. */
function DesktopArt({ tone }: { tone: Tone }) {
  return (
    <g>
      <rect x="26" y="24" width="78" height="54" rx="6" fill={tone(0.48, 0.08)} />
      <rect x="54" y="40" width="82" height="58" rx="6" fill={tone(0.15, 0.03)} opacity="0.5" />
      <rect x="52" y="37" width="82" height="58" rx="6" fill={tone(0.9, 0.04)} />
      <path d="M52 49v-6a6 6 0 0 1 6-6h70a6 6 0 0 1 6 6v6z" fill={tone(0.72, 0.12)} />
      <path
        d="M62 60h42M62 69h58M62 78h30"
        stroke={tone(0.62, 0.06)}
        stroke-width="4"
        stroke-linecap="round"
      />
    </g>
  );
}
