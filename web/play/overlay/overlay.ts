/**
 * The overlays over the picture; one is open at a time.
 *
 * @module
 */
export type Overlay = "menu" | "panel" | "help" | "share" | "reset" | "remap";
