/**
 * The system packages that the tests use. The gate installs them where it runs as root on Debian; elsewhere it
 * names the missing ones.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { runCommand } from "./command.ts";

/** A Debian package that tests use. */
export interface DebianPackage {
  readonly name: string;
  /** A file of the package, which shows that it is installed. */
  readonly file: string;
  /** Which tests need it. */
  readonly use: string;
  /** Tests do the same without it, and take longer. */
  readonly isOptional?: true;
}

/** All Debian packages that tests use. */
export const PACKAGES: readonly DebianPackage[] = [
  { name: "chromium", file: "/usr/bin/chromium", use: "end-to-end tests in a browser" },
  {
    name: "chromium-headless-shell",
    file: "/usr/lib/chromium/chromium-headless-shell",
    use: "tests of pages, which it shows in half of the time",
    isOptional: true,
  },
  {
    name: "firefox-esr",
    file: "/usr/bin/firefox-esr",
    use: "end-to-end tests in a second browser, which has no H.264",
  },
  {
    name: "libretro-nestopia",
    file: `/usr/lib/${Deno.build.arch}-linux-gnu/libretro/nestopia_libretro.so`,
    use: "tests with a real libretro core",
  },
  ...[
    ["libretro-gambatte", "gambatte"],
    ["libretro-mgba", "mgba"],
    ["libretro-beetle-pce-fast", "mednafen_pce_fast"],
    ["libretro-beetle-psx", "mednafen_psx"],
    ["libretro-bsnes-mercury-accuracy", "bsnes_mercury_accuracy"],
    ["libretro-bsnes-mercury-balanced", "bsnes_mercury_balanced"],
    ["libretro-bsnes-mercury-performance", "bsnes_mercury_performance"],
  ].map(([name, core]) => ({
    name: name!,
    file: `/usr/lib/${Deno.build.arch}-linux-gnu/libretro/${core}_libretro.so`,
    use: "tests with a real libretro core of another system",
  })),
  {
    name: "libretro-core-info",
    file: "/usr/share/libretro/info/nestopia_libretro.info",
    use: "tests of core discovery",
  },
  {
    name: "nginx-light",
    file: "/usr/sbin/nginx",
    use: "tests behind a reverse proxy",
  },
  { name: "caddy", file: "/usr/bin/caddy", use: "tests behind a reverse proxy" },
  { name: "coturn", file: "/usr/bin/turnserver", use: "tests through a TURN server" },
  {
    name: "libsrt1.5-gnutls",
    file: `/usr/lib/${Deno.build.arch}-linux-gnu/libsrt-gnutls.so.1.5`,
    use: "tests of SRT links with their figures",
  },
  { name: "bubblewrap", file: "/usr/bin/bwrap", use: "rooms that are confined" },
];

/** The packages that tests cannot do without, and that are not installed. */
export function missingPackages(): DebianPackage[] {
  return PACKAGES.filter(({ file, isOptional }) => !isOptional && !existsSync(file));
}

/** Installs missing packages where that is possible. Returns those that are still missing and no test does without. */
export async function installPackages(timeLimit: number): Promise<DebianPackage[]> {
  if (!canInstall()) return missingPackages();
  const options = { timeLimit: timeLimit / 4, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const install = async (packages: readonly DebianPackage[]) => {
    if (packages.length === 0) return true;
    const names = packages.map(({ name }) => name);
    const command = [
      "apt-get",
      "install",
      "-y",
      "-q",
      "--no-install-recommends",
      ...names,
    ] as const;
    return (await runCommand(command, options)).code === 0;
  };
  if (!await install(missingPackages())) {
    await runCommand(["apt-get", "update", "-q"], options);
    await install(missingPackages());
  }
  // By themselves: one that a mirror lacks hinders no other.
  await install(PACKAGES.filter(({ file, isOptional }) => isOptional && !existsSync(file)));
  return missingPackages();
}

function canInstall(): boolean {
  return Deno.uid() === 0 && existsSync("/usr/bin/apt-get");
}
