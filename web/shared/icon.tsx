/**
 * One inline SVG sprite: 20 px grid, 1.5 px stroke. Put {@linkcode IconSprite} on the page once.
 *
 * @module
 */
const PATHS = {
  back: "M12 4.5 6.500 10l5.500 5.500",
  search: "M9 3.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11zm4 9.500 3.500 3.500",
  chevron: "m5.500 8 4.500 4.500L14.500 8",
  more: "M4.500 10h.01M10 10h.01M15.500 10h.01",
  close: "m5 5 10 10M15 5 5 15",
  play: "M6.500 4.200v11.600l9-5.800z",
  pause: "M7 4.500v11M13 4.500v11",
  full: "M3.500 7.500v-4h4M12.500 3.500h4v4M16.500 12.500v4h-4M7.500 16.500h-4v-4",
  window: "M7.500 3.500v4h-4M16.500 7.500h-4v-4M12.500 16.500v-4h4M3.500 12.500h4v4",
  sound:
    "M3.500 8v4h3l4 3.500v-11l-4 3.500zM13.500 7.500a3.500 3.500 0 0 1 0 5M15.500 5a7 7 0 0 1 0 10",
  mute: "M3.500 8v4h3l4 3.500v-11l-4 3.500zM13.500 8l4 4M17.500 8l-4 4",
  reset: "M4 10a6 6 0 1 0 2-4.500L4 7.500M4 3.500v4h4",
  save: "M10 3v9M6.500 8.500 10 12l3.500-3.500M3.500 13v3.500h13V13",
  load: "M10 12V3M6.500 6.500 10 3l3.500 3.500M3.500 13v3.500h13V13",
  share: "M10 12V3M6.500 6.500 10 3l3.500 3.500M5.500 9.500h-1v7h11v-7h-1",
  keys:
    "M2.500 5.500h15v9h-15zM5.500 8.500h.01M8.500 8.500h.01M11.500 8.500h.01M14.500 8.500h.01M6.500 11.500h7",
  pad:
    "M6 6h8a4 4 0 0 1 4 4.500c-.4 3-1.500 4.500-3 4.500-1.700 0-2-2.500-3.500-2.500h-3C7 12.500 6.700 15 5 15c-1.500 0-2.600-1.500-3-4.500A4 4 0 0 1 6 6zM6.500 8v3M5 9.500h3M13 9h.01M14.500 10.500h.01",
  chart: "M3 13.500h2.500l2-7 3 10 2.500-6.500 1 3.500h3",
  seat: "M10 3.500a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4 16.500c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500",
  eye:
    "M2 10c2-3.700 4.700-5.500 8-5.500s6 1.800 8 5.500c-2 3.700-4.700 5.500-8 5.500S4 13.700 2 10zm8-2.300a2.300 2.300 0 1 1 0 4.600 2.300 2.300 0 0 1 0-4.600z",
  check: "m4.500 10.500 3.500 3.500 7.500-8",
  copy: "M7.500 7.500h9v9h-9zM12.500 7.500v-4h-9v9h4",
  leave: "M8 3.500H3.500v13H8M12.500 6.500 16 10l-3.500 3.500M16 10H7.500",
  warning: "M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.300h.01",
  stop: "M4.500 4.500h11v11h-11z",
  clock: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm0 3.500V10l2.500 2",
  plug: "M7 3v4M13 3v4M5 7h10v2.500a5 5 0 0 1-10 0zM10 14.500V17",
  folder: "M2.500 5h5l1.500 2h8.500v8.500h-15z",
  globe:
    "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM3.200 10h13.600M10 3c2.500 2 2.500 12 0 14-2.500-2-2.500-12 0-14z",
  sun:
    "M10 6.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100",
  desktop: "M2.500 4h15v9.500h-15zM7 17h6M10 13.500V17",
  camera: "M2.500 6h10v8.500h-10zM12.500 9l5-2.500V14l-5-2.500",
} as const;
export type IconName = keyof typeof PATHS;

export function IconSprite() {
  return (
    <svg width="0" height="0" aria-hidden="true" class="unseen">
      {Object.entries(PATHS).map(([name, path]) => (
        <symbol id={`icon-${name}`} viewBox="0 0 20 20" key={name}>
          <path d={path} />
        </symbol>
      ))}
    </svg>
  );
}

/** Decoration: the words stand beside it or in the button's label. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`#icon-${name}`} />
    </svg>
  );
}
