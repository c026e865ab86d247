/**
 * `npm run bench -- NAME [ARGUMENT …] [--write]`: runs `tests/bench/NAME.ts`, whose exported function `NAME` takes
 * the further arguments, measures and returns figures. The last line is one JSON object; `--write` also writes the
 * figures into `docs/BENCHMARKS.md`.
 *
 * @module
 */
import { cpus, loadavg, totalmem } from "node:os";
import { updateReport } from "./report.ts";

type Bench = (args: readonly string[]) => Promise<Record<string, number>>;

const FOLDER = new URL("./", import.meta.url);
const PAGE = new URL("../../docs/BENCHMARKS.md", import.meta.url);

const [name, ...args] = Deno.args.filter((arg) => !arg.startsWith("-"));
const names = await benchNames();
if (!name || !names.includes(name)) {
  const fault = name ? `Cannot run benchmark "${name}"` : "Cannot run a benchmark without its name";
  console.error(`${fault}; there are: ${names.join(", ")}`);
  Deno.exit(2);
}

const loadBefore = load();
const module: Record<string, Bench> = await import(new URL(`${name}.ts`, FOLDER).href);
const figures = await module[name]!(args);
for (const [figure, value] of Object.entries(figures)) {
  console.log(`${figure.padEnd(32)}${value.toLocaleString("en").padStart(12)}`);
}
const measuredAt = `load ${loadBefore} before, ${load()} after`;
console.log(measuredAt);
if (Deno.args.includes("--write")) await write(name, figures);
console.log(JSON.stringify({ bench: name, figures, load: measuredAt }));
// A measured program may have left a resource open, so the process is ended explicitly.
Deno.exit(0);

/** Files that export a function of their own name. */
async function benchNames(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    const bench = /^(\w+)\.ts$/.exec(name)?.[1];
    if (!bench) continue;
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    if (text.includes(`export async function ${bench}(`)) found.push(bench);
  }
  return found.sort();
}

async function write(name: string, figures: Record<string, number>): Promise<void> {
  const page = await Deno.readTextFile(PAGE).catch(() => "");
  const date = new Date().toISOString().slice(0, 10);
  await Deno.writeTextFile(
    PAGE,
    updateReport(page, { name, figures, circumstances: `${date}, ${machine()}, ${measuredAt}` }),
  );
}

/** Processes that ran or waited for a processor in the last minute, on average. */
function load(): number {
  return Math.round(loadavg()[0]! * 10) / 10;
}

/** The properties of the machine that figures depend on, without its name. */
function machine(): string {
  const all = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const { os, arch } = Deno.build;
  const model = all[0]?.model.trim() ?? "unknown processor";
  return `${all.length} cores of ${model}, ${gigabytes} GB, ${os} ${arch}, Deno ${Deno.version.deno}`;
}
