/**
 * Bundles the agent and its launcher into one file each, `agent/dist/farpad-agent.js` and
 * `agent/dist/farpad-agent-launcher.js`, which run with Deno alone.
 *
 * What reads cameras and compresses pictures is native code and cannot be in a bundle: `node-av` stays a package
 * that `agent/install/install.sh` installs beside it. The bundle asks for it only in processes that send, so that
 * an agent without it still logs in and says what is missing.
 *
 * @module
 */
import { build, type Plugin } from "rolldown";

const NATIVE = ["node-av", "node-av/constants"];
const ROOT = new URL("..", import.meta.url).pathname;

const ENTRIES = {
  "farpad-agent": `${ROOT}agent/main.ts`,
  "farpad-agent-launcher": `${ROOT}agent/update/launcher_main.ts`,
};

if (import.meta.main) {
  for (const path of await bundleAgent(`${ROOT}agent/dist`)) {
    console.log(`${path}: ${Math.round((await Deno.stat(path)).size / 1024)} kB`);
  }
}

/** Writes the bundles into `folder` and tells their paths. */
export async function bundleAgent(folder: string): Promise<string[]> {
  return await Promise.all(
    Object.entries(ENTRIES).map(async ([name, input]) => {
      const file = `${folder}/${name}.js`;
      await build({
        input,
        platform: "node",
        plugins: [nativeOnDemand()],
        output: { file, format: "esm", codeSplitting: false },
        logLevel: "warn",
      });
      return file;
    }),
  );
}

/** Turns imports of native packages into `require` at the moment their importer is first needed. */
function nativeOnDemand(): Plugin {
  return {
    name: "native-on-demand",
    resolveId: (source) => NATIVE.includes(source) ? `\0${source}` : undefined,
    async load(id) {
      const name = id.startsWith("\0") ? id.slice(1) : "";
      if (!NATIVE.includes(name)) return undefined;
      const names = Object.keys(await import(name)).filter((each) => each !== "default");
      return [
        'import { createRequire } from "node:module";',
        `const native = createRequire(import.meta.url)(${JSON.stringify(name)});`,
        ...names.map((each) => `export const ${each} = native.${each};`),
      ].join("\n");
    },
  };
}
