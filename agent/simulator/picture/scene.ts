/**
 * Draws what stands on the ground of the simulated world, the farthest first: barriers, cones, trees, boxes, the gantry and
 * the car, each with its shadow.
 *
 * @module
 */
import { carFaces } from "./car_shape.ts";
import { type Chase, see, type Seen } from "./chase.ts";
import type { Cone } from "../collisions.ts";
import { hazy, lit } from "./colours.ts";
import type { Car } from "../drive.ts";
import { fillPolygon, type Sheet } from "./polygons.ts";
import { block, drawFaces, type Stand } from "./shapes.ts";
import {
  type Landmark,
  LANDMARKS,
  nearestTo,
  type Point,
  ROAD_HALF,
  type Wall,
  WALLS,
} from "../track.ts";

/** Further away nothing is drawn, in metres. */
const FAR = 150;
/** Further away things are drawn without shadows and edges, in metres. */
const DETAILED = 35;
const BARRIER_HEIGHT = 0.75;
const BARRIERS = [0xd24a35, 0xf0eee8];
const CONE = 0xf07a22;
const WHITE = 0xf4f4f0;
const TREE = [0x3f7f3c, 0x2f6632];
const TRUNK = 0x6b4b34;
const SHADOW = 0x39403a;
const ROAD_SHADOW = 0x33383f;
const POST = 0xe6e8e6;
const BANNER = [0x16202a, 0xf2f4f5];
/** Squares of the gantry's banner, across and in rows. */
const SQUARES = 16;

/** Something to draw, and how far away it is. */
interface Thing {
  readonly ahead: number;
  readonly draw: () => void;
}

/** Draws all things. */
export function drawScene(
  sheet: Sheet,
  camera: Chase,
  car: Pick<Car, "motion" | "odometer" | "cones">,
): void {
  const things: Thing[] = [];
  const add = (point: Point, draw: (ahead: number) => void) => {
    const { ahead, right } = see(camera, { x: point.x, y: point.y, up: 0 });
    // The sides of the picture are at 36 degrees; the largest things reach 6 m to the side.
    if (ahead > -3 && ahead < FAR && Math.abs(right) < ahead + 6) {
      things.push({
        ahead,
        draw: () => draw(ahead),
      });
    }
  };
  const draw = new Drawing(sheet, camera);
  WALLS.forEach(({ from, to }, index) => {
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    add(middle, (ahead) => draw.barrier({ from, to }, { ahead, index }));
  });
  for (const cone of car.cones) add(cone, (ahead) => draw.cone(cone, ahead));
  for (const landmark of LANDMARKS) add(landmark, (ahead) => draw.landmark(landmark, ahead));
  draw.carShadow(car.motion);
  add(car.motion, () => drawFaces(sheet, camera, { faces: carFaces(car), stand: car.motion }));
  for (const thing of things.sort((a, b) => b.ahead - a.ahead)) thing.draw();
}

class Drawing {
  readonly #sheet: Sheet;
  readonly #camera: Chase;

  constructor(sheet: Sheet, camera: Chase) {
    this.#sheet = sheet;
    this.#camera = camera;
  }

  barrier({ from, to }: Wall, { ahead, index }: { ahead: number; index: number }): void {
    const colour = hazy(BARRIERS[index % 2]!, ahead);
    const band = (low: number, high: number) => [
      this.#at(from, low),
      this.#at(to, low),
      this.#at(to, high),
      this.#at(from, high),
    ];
    fillPolygon(this.#sheet, band(0, BARRIER_HEIGHT), { colour });
    if (ahead > DETAILED) return;
    fillPolygon(this.#sheet, band(0, 0.12), { colour: lit(colour, 0.55) });
    fillPolygon(this.#sheet, band(BARRIER_HEIGHT - 0.1, BARRIER_HEIGHT), {
      colour: lit(colour, 1.25),
    });
  }

  cone(cone: Cone, ahead: number): void {
    const colour = hazy(CONE, ahead);
    const white = hazy(WHITE, ahead);
    if (cone.fallen) {
      this.#flat(cone, [[-0.3, 0.02], [0.3, 0.02], [0.3, 0.3], [-0.3, 0.22]], colour);
      return this.#flat(cone, [[-0.05, 0.02], [0.1, 0.02], [0.1, 0.27], [-0.05, 0.25]], white);
    }
    if (ahead < DETAILED) this.#shadow(cone, 0.3);
    this.#flat(cone, [[-0.25, 0], [0.25, 0], [0.25, 0.06], [-0.25, 0.06]], lit(colour, 0.7));
    this.#flat(cone, [[-0.17, 0.06], [0.17, 0.06], [0.04, 0.7], [-0.04, 0.7]], colour);
    this.#flat(cone, [[-0.12, 0.28], [0.12, 0.28], [0.08, 0.47], [-0.08, 0.47]], white);
  }

  landmark(landmark: Landmark, ahead: number): void {
    switch (landmark.kind) {
      case "tree":
        return this.#tree(landmark, ahead);
      case "box":
        return this.#box(landmark);
      case "gantry":
        return this.#gantry(landmark, ahead);
    }
  }

  carShadow({ x, y, heading }: Stand): void {
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    const corner = (forward: number, left: number) =>
      this.#at({ x: x + forward * cos - left * sin, y: y + forward * sin + left * cos }, 0);
    const corners = [
      corner(-1.15, -0.62),
      corner(0.9, -0.68),
      corner(1.2, -0.35),
      corner(1.2, 0.35),
      corner(0.9, 0.68),
      corner(-1.15, 0.62),
    ];
    fillPolygon(this.#sheet, corners, { colour: ROAD_SHADOW });
  }

  #tree(tree: Landmark, ahead: number): void {
    const { height } = tree;
    this.#shadow(tree, height * 0.25);
    const trunk = hazy(TRUNK, ahead);
    this.#flat(tree, [[-0.18, 0], [0.18, 0], [0.18, height * 0.3], [-0.18, height * 0.3]], trunk);
    for (const [low, high, wide] of [[0.18, 0.62, 0.3], [0.42, 0.82, 0.24], [0.64, 1, 0.17]]) {
      const [bottom, top, half] = [low! * height, high! * height, wide! * height];
      this.#flat(tree, [[-half, bottom], [0, bottom], [0, top]], hazy(TREE[0]!, ahead));
      this.#flat(tree, [[0, bottom], [half, bottom], [0, top]], hazy(TREE[1]!, ahead));
    }
  }

  #box({ x, y, height, colour = WHITE }: Landmark): void {
    const level = { back: -2.4, front: 2.4, half: 1.2 };
    const faces = block({ low: { ...level, up: 0 }, high: { ...level, up: height }, colour });
    drawFaces(this.#sheet, this.#camera, { faces, stand: { x, y, heading: 0.25 } });
  }

  #gantry({ x, y, height }: Landmark, ahead: number): void {
    const { heading } = nearestTo({ x, y });
    const reach = ROAD_HALF + 1.1;
    const post = { back: -0.15, front: 0.15, half: 0.15 };
    const posts = [-reach, reach].flatMap((left) =>
      block({ low: { ...post, up: 0 }, high: { ...post, up: height }, colour: POST, left })
    );
    drawFaces(this.#sheet, this.#camera, { faces: posts, stand: { x, y, heading } });
    const [dx, dy] = [-Math.sin(heading), Math.cos(heading)];
    const side = 2 * reach / SQUARES;
    for (let row = 0; row < 2; row++) {
      for (let square = 0; square < SQUARES; square++) {
        const left = (share: number) => ({ x: x + dx * share, y: y + dy * share });
        const [from, to] = [-reach + square * side, -reach + (square + 1) * side].map(left);
        const [low, high] = [height - (row + 1) * side, height - row * side];
        const corners = [
          this.#at(from!, low),
          this.#at(to!, low),
          this.#at(to!, high),
          this.#at(from!, high),
        ];
        const colour = hazy(BANNER[(row + square) % 2]!, ahead);
        fillPolygon(this.#sheet, corners, { colour });
      }
    }
  }

  /** A dark spot on the ground. */
  #shadow(point: Point, radius: number): void {
    const corners = Array.from({ length: 8 }, (_, index) => {
      const angle = index / 4 * Math.PI;
      const { x, y } = point;
      return this.#at({ x: x + Math.cos(angle) * radius, y: y + Math.sin(angle) * radius }, 0);
    });
    const { ahead } = see(this.#camera, { ...point, up: 0 });
    fillPolygon(this.#sheet, corners, { colour: hazy(SHADOW, ahead) });
  }

  /** A flat shape that always faces the camera: corners to the right and up from its place, in metres. */
  #flat(
    point: Point,
    corners: readonly (readonly [right: number, up: number])[],
    colour: number,
  ): void {
    const seen = see(this.#camera, { ...point, up: 0 });
    const shape = corners.map(([right, up]) => ({ ...seen, right: seen.right + right, up }));
    fillPolygon(this.#sheet, shape, { colour });
  }

  #at({ x, y }: Point, up: number): Seen {
    return see(this.#camera, { x, y, up });
  }
}
