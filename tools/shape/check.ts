/**
 * The shape rules over a tree of source files held in memory. Every problem is a sentence that starts with
 * its path.
 *
 * @module
 */
import { dirname } from "node:path/posix";
import { type Facts, readFacts, targetOf } from "./facts.ts";
import { findCycles } from "./cycles.ts";
import { findForkingNative } from "./processes.ts";
import type { Guard, Rules } from "./rules.ts";

/** Checks the sources, given as text by path from the root. */
export function checkShape(sources: ReadonlyMap<string, string>, rules: Rules): string[] {
  const tree = new Map([...sources].map(([path, text]) => [path, readFacts(path, text)]));
  const graph = new Map([...tree].map(([path, facts]) => [path, importsOf(path, facts)]));
  return [
    ...[...tree].flatMap(([path, facts]) => checkFile(path, facts, rules)),
    ...checkFolders([...tree.keys()], rules),
    ...rules.guards.flatMap((guard) => checkGuard(guard, tree, rules)),
    ...findForkingNative(
      new Map([...tree].filter(([path]) => !path.startsWith("tests/"))),
      rules.processes,
    ),
    ...findCycles(graph).map((cycle) => `${cycle[0]}: import cycle ${cycle.join(" → ")}`),
  ];
}

function checkFile(path: string, facts: Facts, rules: Rules): string[] {
  if (facts.error) return [`${path}: cannot be parsed: ${facts.error}`];
  const problems: string[] = [];
  if (facts.lines > rules.maxLines) {
    problems.push(`${path}: ${facts.lines} lines where ${rules.maxLines} are the most`);
  }
  const from = packageOf(path);
  const mayImport = rules.product[from];
  if (!mayImport) return problems;
  for (const { specifier, line } of facts.imports) {
    const target = targetOf(path, specifier);
    const to = target === undefined ? from : packageOf(target);
    if (to === from || mayImport.includes(to)) continue;
    const most = mayImport.length > 0 ? `only ${mayImport.join(" and ")}` : "nothing of ours";
    problems.push(`${path}:${line}: imports ${target}, but ${from} may import ${most}`);
  }
  return [...problems, ...checkBoundaries(path, facts, rules)];
}

function checkBoundaries(path: string, { imports }: Facts, { boundaries }: Rules): string[] {
  return imports.flatMap(({ specifier, line }) => {
    const module = targetOf(path, specifier) ?? specifier;
    return boundaries
      .filter(({ modules, importers }) => modules.test(module) && !importers.test(path))
      .map(({ who }) => `${path}:${line}: imports ${module}; only ${who} may`);
  });
}

function checkFolders(paths: readonly string[], rules: Rules): string[] {
  const counts = Map.groupBy(paths, dirname);
  return [...counts].flatMap(([folder, { length }]) => {
    const most = rules.maxFiles;
    return length > most ? [`${folder}: ${length} source files where ${most} are the most`] : [];
  });
}

/** Reports uses outside the allowed files, and allowed files that do not use the guarded names. */
function checkGuard(guard: Guard, tree: ReadonlyMap<string, Facts>, rules: Rules): string[] {
  const problems: string[] = [];
  const needed = new Set<string>();
  const allowed = Object.keys(guard.allowed);
  const who = allowed.length > 0 ? `only ${allowed.join(", ")} may` : "no file may";
  for (const [path, { uses }] of tree) {
    if (!rules.product[packageOf(path)]) continue;
    for (const { name, line } of uses.filter(({ name }) => guard.uses.test(name))) {
      if (allowed.includes(path)) needed.add(path);
      else problems.push(`${path}:${line}: uses ${name}; ${who}`);
    }
  }
  for (const path of allowed) {
    if (!needed.has(path)) problems.push(`${path}: may use ${guard.what} but does not`);
  }
  return problems;
}

/** The files that a file imports, types included; a file that is started as a thread is not imported. */
function importsOf(path: string, { imports }: Facts): string[] {
  return imports.filter(({ kind }) => kind !== "url")
    .flatMap(({ specifier }) => targetOf(path, specifier) ?? []);
}

function packageOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf("/")));
}
