/**
 * Makes a release of the agent in `agent/dist`: the agent and its launcher as one file each, which run with Deno
 * alone, and what installs them.
 *
 * The code that reads cameras and compresses pictures is native and cannot be in a bundle: `node-av` stays a package
 * that `agent/install/install.sh` installs beside it. The bundle loads it only in processes that send, so an agent
 * without it still logs in and reports what is missing.
 *
 * @module
 */
import { basename } from "node:path";
import { build, type Plugin } from "rolldown";
import packageJson from "../package.json" with { type: "json" };

const NATIVE = ["node-av", "node-av/lib", "node-av/constants"];
const ROOT = new URL("..", import.meta.url).pathname;

const ENTRIES = {
  "farpad-agent": `${ROOT}agent/main.ts`,
  "farpad-agent-launcher": `${ROOT}agent/update/launcher_main.ts`,
};

if (import.meta.main) {
  const folder = `${ROOT}agent/dist`;
  for (const path of await bundleAgent(folder)) {
    console.log(`${basename(path)}: ${Math.round((await Deno.stat(path)).size / 1024)} kB`);
  }
  for (const file of ["install.sh", "farpad-agent.service"]) {
    await Deno.copyFile(`${ROOT}agent/install/${file}`, `${folder}/${file}`);
  }
  const { "node-av": nodeAv } = packageJson.dependencies;
  const release = { private: true, type: "module", dependencies: { "node-av": nodeAv } };
  await Deno.writeTextFile(`${folder}/package.json`, `${JSON.stringify(release, undefined, 2)}\n`);
  console.log(`Release in ${folder}`);
}

/** Writes the bundles into `folder` and returns their paths. */
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
