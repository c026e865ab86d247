import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  endOrphans,
  holdProcessFile,
  openProcessFiles,
} from "../../../../protocol/process/process_files.ts";

/** A folder with the files of two runs, and the function that ends the orphans in it. */
function setup() {
  const folder = Deno.makeTempDirSync();
  const killed: number[] = [];
  return {
    folder,
    killed,
    first: openProcessFiles(folder, "first"),
    second: openProcessFiles(folder, "second"),
    endOrphans: () => endOrphans(folder, (pid) => void killed.push(pid)),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** What the death of a program leaves: its lock is free, its files are there. */
function die(folder: string, run: string, files: Disposable): void {
  const children = Array.from(Deno.readDirSync(join(folder, run)), ({ name }) => name);
  files[Symbol.dispose]();
  Deno.mkdirSync(join(folder, run));
  for (const name of children) Deno.writeTextFileSync(join(folder, run, name), "");
}

Deno.test("[CHI3] a child whose program died and that still runs is ended, and no other", () => {
  using it = setup();
  const running = it.second.make();
  running.started(20);
  using _running = holdProcessFile(running.path);
  die(it.folder, "first", it.first);
  for (const [name, pid] of [["1", 11], ["2", 12]] as const) {
    Deno.writeTextFileSync(join(it.folder, "first", name), String(pid));
  }
  using _orphan = holdProcessFile(join(it.folder, "first", "2"));
  deepEqual(it.endOrphans(), [12], "the first has ended, that of the second run has its program");
  deepEqual(it.killed, [12]);
  deepEqual(Array.from(Deno.readDirSync(it.folder), ({ name }) => name), ["second"]);
  deepEqual(it.endOrphans(), []);
  it.second[Symbol.dispose]();
});

Deno.test("[CHI3] a child that ended leaves no file, and neither does its program", () => {
  using it = setup();
  const file = it.first.make();
  ok(existsSync(file.path));
  file.started(1);
  file.ended();
  equal(existsSync(file.path), false);
  it.first[Symbol.dispose]();
  it.second[Symbol.dispose]();
  deepEqual([...Deno.readDirSync(it.folder)], []);
});

Deno.test("[CHI3] a folder that is not there holds no orphans", () => {
  deepEqual(endOrphans("/nowhere/processes", () => {}), []);
});
