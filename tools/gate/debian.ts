/**
 * The system packages that the tests use. Where we are root on a Debian they are installed; elsewhere it is
 * said what is missing.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { runCommand } from "./command.ts";

export interface DebianPackage {
  readonly name: string;
  /** A file that is there once the package is. */
  readonly file: string;
  /** What it is for, in words. */
  readonly use: string;
}

export const PACKAGES: readonly DebianPackage[] = [
  { name: "chromium", file: "/usr/bin/chromium", use: "end-to-end tests in a browser" },
  {
    name: "libretro-nestopia",
    file: `/usr/lib/${Deno.build.arch}-linux-gnu/libretro/nestopia_libretro.so`,
    use: "tests with a real libretro core",
  },
  {
    name: "libretro-core-info",
    file: "/usr/share/libretro/info/nestopia_libretro.info",
    use: "tests of core discovery",
  },
];

export function missingPackages(): DebianPackage[] {
  return PACKAGES.filter(({ file }) => !existsSync(file));
}

/** Installs what is missing where that is possible. Returns what is missing still. */
export async function installPackages(timeLimit: number): Promise<DebianPackage[]> {
  const missing = missingPackages();
  if (missing.length === 0 || !canInstall()) return missing;
  const names = missing.map(({ name }) => name);
  const options = { timeLimit: timeLimit / 3, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", ...names] as const;
  const { code } = await runCommand(install, options);
  if (code !== 0) {
    await runCommand(["apt-get", "update", "-q"], options);
    await runCommand(install, options);
  }
  return missingPackages();
}

function canInstall(): boolean {
  return Deno.uid() === 0 && existsSync("/usr/bin/apt-get");
}
