/**
 * `npm run bench -- NAME [ARGUMENT …] [--write]`: runs `NAME.ts` in `tests/bench/` or a folder in it, whose exported
 * function `NAME` takes the further arguments, measures and returns figures. The last line is one JSON object; `--write`
 * also writes the figures into `docs/BENCHMARKS.md`. Without a name every benchmark runs in its short form.
 *
 * @module
 */
import { cpus, loadavg, totalmem } from "node:os";
import { updateReport } from "./report.ts";
import { runShortForms } from "./short_forms.ts";

type Bench = (args: readonly string[]) => Promise<Record<string, number>>;

const FOLDER = new URL("./", import.meta.url);
const PAGE = new URL("../../docs/BENCHMARKS.md", import.meta.url);

const [name, ...args] = Deno.args.filter((arg) => !arg.startsWith("-"));
const benches = await findBenches(FOLDER);
if (name === undefined) {
  const failed = await runShortForms(benches.keys());
  if (failed.length > 0) console.error(`Cannot measure ${failed.join(", ")}; the reason is above`);
  Deno.exit(failed.length === 0 ? 0 : 1);
}
const file = benches.get(name);
if (!file) {
  const names = [...benches.keys()].sort().join(", ");
  console.error(`Cannot run benchmark "${name}"; there are: ${names}`);
  Deno.exit(2);
}

const loadBefore = load();
const module: Record<string, Bench> = await import(file.href);
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

/** Files in a folder and the folders in it that export a function of their own name, by name. */
async function findBenches(folder: URL): Promise<Map<string, URL>> {
  const found = new Map<string, URL>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      for (const [bench, file] of await findBenches(new URL(`${name}/`, folder))) {
        found.set(bench, file);
      }
    }
    const bench = /^(\w+)\.ts$/.exec(name)?.[1];
    if (!bench) continue;
    const file = new URL(name, folder);
    const text = await Deno.readTextFile(file);
    if (text.includes(`export async function ${bench}(`)) found.set(bench, file);
  }
  return found;
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
