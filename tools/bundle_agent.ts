/**
 * Makes a release of the agent in `agent/dist`: the agent and its launcher as one file each, which run with Deno
 * alone, what installs them, and the signature without which no device takes the agent as an update.
 *
 *   npm run bundle-agent -- [--key FILE]
 *
 *   --key FILE   private key of the fleet, PEM; made when it is missing; agent/release_key.pem by default
 *
 * The code that reads cameras and compresses pictures is native and cannot be in a bundle: `node-av` stays a package
 * that `agent/install/install.sh` installs beside it. The bundle loads it only in processes that send, so an agent
 * without it still logs in and reports what is missing.
 *
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { basename } from "node:path";
import { build, type Plugin } from "rolldown";
import { OWNER_ONLY } from "../protocol/disk/durable_file.ts";
import { signRelease } from "../protocol/field/release.ts";
import { VERSION } from "../protocol/version.ts";
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
  const key = await openReleaseKey(keyFile(Deno.args));
  await Deno.writeTextFile(`${folder}/update_key.txt`, `${publicKeyOf(key)}\n`);
  const signed = await signedRelease(`${folder}/farpad-agent.js`, key);
  await Deno.writeTextFile(`${folder}/release.json`, `${JSON.stringify(signed, undefined, 2)}\n`);
  console.log(`Release ${VERSION} in ${folder}`);
}

function keyFile(args: readonly string[]): string {
  const at = args.indexOf("--key");
  return at < 0 ? `${ROOT}agent/release_key.pem` : args[at + 1] ?? "";
}

/** Reads the fleet's private key, or makes one that only its owner can read. */
async function openReleaseKey(path: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  await Deno.writeTextFile(path, pem, { mode: OWNER_ONLY, createNew: true });
  console.log(`Made the fleet's key, ${path}. Keep it: devices take updates of this key alone`);
  return privateKey;
}

function publicKeyOf(key: KeyObject): string {
  return String(createPublicKey(key).export({ format: "jwk" }).x);
}

async function signedRelease(program: string, key: KeyObject) {
  const sha256 = createHash("sha256").update(await Deno.readFile(program)).digest("hex");
  const release = { version: VERSION, sha256 };
  return { ...release, signature: signRelease(release, key) };
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
