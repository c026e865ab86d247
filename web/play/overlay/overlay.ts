/**
 * What may lie over the picture; one at a time.
 *
 * @module
 */
export type Overlay = "menu" | "panel" | "help" | "share" | "reset" | "remap";
