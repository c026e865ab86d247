/**
 * The overlays over the picture; one is open at a time.
 *
 * @module
 */
/** The overlay that is open: the menu, the live figures, or one of four dialogs. */
export type Overlay = "menu" | "panel" | "help" | "share" | "reset" | "remap";
