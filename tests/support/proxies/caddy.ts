/**
 * Debian's Caddy for tests: one process on loopback with a configuration of its own.
 *
 * @module
 */
import { join } from "node:path";
import { PATIENCE } from "../waiting/waiting.ts";

const CADDY = "/usr/bin/caddy";
/** Starts Caddy with these sites, which listen on `port`, and waits until it listens; it ends with the disposal. */
export async function runCaddy(sites: string, port: number): Promise<AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-caddy-" });
  const file = join(folder, "Caddyfile");
  const options = "{\n  admin off\n  auto_https disable_redirects\n  default_bind 127.0.0.1\n}";
  await Deno.writeTextFile(file, `${options}\n${sites}`);
  const child = new Deno.Command(CADDY, {
    args: ["run", "--config", file, "--adapter", "caddyfile"],
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const printed = new Response(child.stderr).text();
  let isOver = false;
  const over = child.status.then(() => isOver = true);
  const deadline = performance.now() + PATIENCE;
  while (!isOver && performance.now() < deadline && !await listens(port)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const end = async () => {
    if (!isOver) child.kill("SIGTERM");
    await Promise.all([over, printed]);
    await Deno.remove(folder, { recursive: true });
  };
  if (isOver || !await listens(port)) {
    await end();
    throw new Error(`Caddy does not listen on port ${port}. It printed:\n${await printed}`);
  }
  return { [Symbol.asyncDispose]: end };
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
