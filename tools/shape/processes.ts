/**
 * Finds programs that start processes although they load native code. A start forks the whole process; with threads of
 * native libraries in it, the child can wait for ever for a lock that one of those threads held.
 *
 * @module
 */
import { type Facts, targetOf } from "./facts.ts";
import type { ProcessRule } from "./rules.ts";

/** One sentence for each program of the tree that does both. A program begins at a file that no other file imports. */
export function findForkingNative(
  tree: ReadonlyMap<string, Facts>,
  { starts, nativeModules, nativeUses }: ProcessRule,
): string[] {
  const graph = new Map([...tree].map(([path, facts]) => [path, loadedBy(path, facts)]));
  const loaded = new Set([...graph.values()].flat());
  return [...tree.keys()].filter((path) => !loaded.has(path)).flatMap((program) => {
    const files = [...closureOf(program, graph)];
    const starter = files.find((path) => uses(path, starts));
    const native = files.find((path) =>
      uses(path, nativeUses) || packagesOf(tree.get(path)).some((name) => nativeModules.test(name))
    );
    if (!starter || !native) return [];
    return `${program}: starts processes (${starter}) and loads native code (${native}); a program may do one of both`;
  });

  function uses(path: string, names: RegExp): boolean {
    return tree.get(path)?.uses.some(({ name }) => names.test(name)) ?? false;
  }
}

/**
 * The files that run in the same process: imported ones and threads. A file that is imported by `import()` begins a
 * task of its own process, and so does a file that is named by its URL without a thread.
 */
function loadedBy(path: string, { imports, uses }: Facts): string[] {
  const hasThreads = uses.some(({ name }) => name === "new Worker");
  return imports
    .filter(({ kind }) => kind === "value" || (kind === "url" && hasThreads))
    .flatMap(({ specifier }) => targetOf(path, specifier) ?? []);
}

function packagesOf(facts: Facts | undefined): string[] {
  return (facts?.imports ?? []).filter(({ kind }) => kind === "value" || kind === "dynamic")
    .map(({ specifier }) => specifier);
}

function closureOf(entry: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([entry]);
  // A set is walked in the order of insertion, with what is added meanwhile.
  for (const path of found) for (const next of graph.get(path) ?? []) found.add(next);
  return found;
}
