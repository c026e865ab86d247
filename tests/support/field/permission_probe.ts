/**
 * A program that tries what it is told, and prints for each attempt whether Deno allowed it. A test runs it with the
 * permissions of a process of the product: `read PATH`, `write PATH`, `run PROGRAM`, `env NAME`, `connect PORT`,
 * `native PATH`, one an argument.
 *
 * @module
 */
const ATTEMPTS: Readonly<Record<string, (what: string) => unknown>> = {
  read: (path) => Deno.readFile(path),
  write: (path) => Deno.writeTextFile(path, "written"),
  run: (program) => new Deno.Command(program, { args: ["--version"] }).output(),
  env: (name) => Deno.env.get(name),
  connect: async (port) => (await Deno.connect({ port: Number(port) })).close(),
  native: (path) => Deno.dlopen(path, {}),
};

const results: Record<string, boolean> = {};
for (const argument of Deno.args) {
  const [kind = "", what = ""] = argument.split(" ");
  try {
    await ATTEMPTS[kind]!(what);
    results[argument] = true;
  } catch (error) {
    // Another error came after Deno had allowed the attempt: there is no such file, nobody listens.
    results[argument] = !(error instanceof Deno.errors.NotCapable);
  }
}
console.log(JSON.stringify(results));
