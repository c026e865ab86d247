/**
 * The picture on a card: one that is given, else art drawn from the app's name.
 *
 * @module
 */
import { useId, useState } from "preact/hooks";
import { type Art, artOf, cellPath } from "./art.ts";
import type { App } from "../library.ts";

interface CoverProps {
  readonly app: Pick<App, "app_id" | "kind" | "system">;
  /** Its address; `undefined`: there is none. */
  readonly picture: string | undefined;
}

/** Size of a cell in a 160 × 120 cover. */
const CELL = 9;

/** The cover of an app: `picture`, or art that depends on the app's id, also where the picture cannot be loaded. */
export function Cover({ app, picture }: CoverProps) {
  const id = useId();
  const [failed, setFailed] = useState<string>();
  if (picture !== undefined && picture !== failed) {
    return (
      <img
        class="cover"
        src={picture}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setFailed(picture)}
      />
    );
  }
  const art = artOf(app.app_id);
  const { ground } = art.colours;
  return (
    <svg
      class="cover"
      viewBox="0 0 160 120"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <defs>
        <linearGradient id={`${id}-ground`} x1="0" y1="0" x2="0.5" y2="1">
          <stop offset="0" stop-color={oklch(0.44, 0.13, ground)} />
          <stop offset="1" stop-color={oklch(0.22, 0.08, ground + 24)} />
        </linearGradient>
        <radialGradient id={`${id}-glow`}>
          <stop offset="0" stop-color={oklch(0.72, 0.15, art.colours.figure)} stop-opacity="0.5" />
          <stop offset="1" stop-color={oklch(0.72, 0.15, art.colours.figure)} stop-opacity="0" />
        </radialGradient>
      </defs>
      <rect width="160" height="120" fill={`url(#${id}-ground)`} />
      <circle cx="80" cy="60" r="72" fill={`url(#${id}-glow)`} />
      {app.kind === "game" && <GameArt art={art} />}
      {app.kind === "desktop" && <DesktopArt art={art} />}
      {app.kind === "live" && (isPattern(app) ? <PatternArt /> : <LiveArt art={art} />)}
    </svg>
  );
}

/** A creature of an old game. */
function GameArt({ art: { body, spark, colours } }: { art: Art }) {
  return (
    <g transform="translate(39.500 19.500)" shape-rendering="crispEdges">
      <path
        d={cellPath([...body, ...spark], CELL)}
        fill={oklch(0.13, 0.05, colours.ground)}
        opacity="0.5"
        transform="translate(3 4)"
      />
      <path d={cellPath(body, CELL)} fill={oklch(0.82, 0.13, colours.figure)} />
      <path d={cellPath(spark, CELL)} fill={oklch(0.95, 0.07, colours.spark)} />
    </g>
  );
}

/** Two windows, one over the other. */
function DesktopArt({ art: { colours } }: { art: Art }) {
  return (
    <g>
      <rect x="28" y="26" width="78" height="52" rx="6" fill={oklch(0.56, 0.12, colours.figure)} />
      <rect x="55" y="43" width="80" height="56" rx="6" fill="#000" opacity="0.28" />
      <rect x="52" y="39" width="80" height="56" rx="6" fill={oklch(0.94, 0.03, colours.figure)} />
      <path
        d="M52 51v-6a6 6 0 0 1 6-6h68a6 6 0 0 1 6 6v6z"
        fill={oklch(0.76, 0.13, colours.figure)}
      />
      <path
        d="M61 62h40M61 71h56M61 80h28"
        stroke={oklch(0.7, 0.07, colours.ground)}
        stroke-width="4"
        stroke-linecap="round"
      />
    </g>
  );
}

/** A camera lens with a reflection. */
function LiveArt({ art: { colours } }: { art: Art }) {
  return (
    <g fill="none" stroke-width="4" transform="translate(80 60)">
      {[50, 38, 26].map((radius, i) => (
        <circle
          r={radius}
          stroke={oklch(0.82, 0.12, colours.figure)}
          opacity={0.16 + i * 0.22}
          key={radius}
        />
      ))}
      <circle r="14" fill={oklch(0.9, 0.09, colours.figure)} stroke="none" />
      <circle r="4.500" cx="-4" cy="-4" fill="#fff" stroke="none" />
    </g>
  );
}

function isPattern({ system }: Pick<App, "system">): boolean {
  return /pattern/i.test(system);
}

/** Colour bars, as a test picture has them. */
function PatternArt() {
  const hues = [105, 195, 145, 330, 28, 262];
  return (
    <g shape-rendering="crispEdges">
      {hues.map((hue, i) => (
        <rect
          x={i * 27}
          y="0"
          width="27"
          height="88"
          fill={oklch(0.76 - i * 0.05, 0.13, hue)}
          key={hue}
        />
      ))}
      {hues.map((hue, i) => (
        <rect
          x={i * 27}
          y="88"
          width="27"
          height="32"
          fill={oklch(0.16 + i * 0.14, 0, 0)}
          key={hue}
        />
      ))}
    </g>
  );
}

function oklch(lightness: number, chroma: number, hue: number): string {
  return `oklch(${lightness} ${chroma} ${hue % 360})`;
}
