/**
 * Draws the simulated car in its world, from behind.
 *
 * @module
 */
import { Canvas } from "../../../media/pattern/canvas.ts";
import type { Picture } from "../../../media/ports.ts";
import { type Chase, chase, follow, lensFor } from "./chase.ts";
import type { Car } from "../drive.ts";
import { createGround } from "./ground.ts";
import { drawHud } from "./hud.ts";
import { drawScene } from "./scene.ts";

/** What a picture shows besides the car. */
export interface View {
  readonly car: Car;
  /** Number of the picture. */
  readonly frame: number;
  /** Whether control counts; without it the car brakes. */
  readonly driven: boolean;
}

/** Draws pictures; each replaces the one before. */
export type Render = (view: View) => Picture;

/** Makes the function that draws pictures of a size, in pixels. */
export function createRenderer(size: { readonly width: number; readonly height: number }): Render {
  const canvas = new Canvas(size.width, size.height);
  const { data } = canvas.picture;
  const pixels = new Uint32Array(data.buffer, data.byteOffset, size.width * size.height);
  const lens = lensFor(size);
  const sheet = { pixels, lens };
  const drawGround = createGround(lens);
  let camera: Chase | undefined;
  let shownAt = 0;
  return (view) => {
    const { motion, at } = view.car;
    const elapsed = at - shownAt;
    camera = camera ? follow(camera, { motion, elapsed }) : chase(motion);
    shownAt = at;
    drawGround(pixels, camera);
    drawScene(sheet, camera, view.car);
    drawHud(canvas, view);
    return canvas.picture;
  };
}
