/**
 * The overlays over the picture; one is open at a time.
 *
 * @module
 */
/** The overlay that is open: the menu, the live figures, or a dialog. */
export type Overlay =
  | "menu"
  | "panel"
  | "help"
  | "share"
  | "reset"
  | "remap"
  | "controls"
  | "driving"
  | "shelf"
  | "room"
  | "options"
  | "saves";
