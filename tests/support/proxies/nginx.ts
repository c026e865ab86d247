/**
 * Debian's nginx for tests: one process on loopback with a configuration of its own.
 *
 * @module
 */
import { join } from "node:path";
import { PATIENCE } from "../waiting/waiting.ts";

const NGINX = "/usr/sbin/nginx";
/** One `server` of nginx: it listens on `port` of both loopback addresses and passes everything on. */
export interface ProxyServer {
  readonly port: number;
  /** Lines within `server { … }`, such as its `location` blocks. */
  readonly config: string;
}

/** The lines that every WebSocket recipe for nginx has. `host` is what `proxy_set_header Host` gets. */
export function proxyLines(target: string, host: "$host" | "$http_host" | undefined): string {
  return [
    `proxy_pass ${target};`,
    "proxy_http_version 1.1;",
    "proxy_set_header Upgrade $http_upgrade;",
    "proxy_set_header Connection $connection_upgrade;",
    ...(host === undefined ? [] : [`proxy_set_header Host ${host};`]),
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
  ].join("\n");
}

/** Starts nginx and waits until it listens; it ends with the disposal. */
export function startNginx(servers: readonly ProxyServer[]): Promise<AsyncDisposable> {
  const blocks = servers.map(({ port, config }) =>
    `server {\nlisten 127.0.0.1:${port};\nlisten [::1]:${port};\n${config}\n}`
  );
  const map = 'map $http_upgrade $connection_upgrade { default upgrade; "" close; }';
  return runNginx([map, ...blocks].join("\n"), servers.map(({ port }) => port));
}

/** The same with lines within `http { … }` that listen on `ports`. */
export async function runNginx(http: string, ports: readonly number[]): Promise<AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-nginx-" });
  await Deno.writeTextFile(join(folder, "nginx.conf"), configOf(folder, http));
  const child = new Deno.Command(NGINX, {
    args: ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const printed = new Response(child.stderr).text();
  for (const port of ports) await listening(port, printed);
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.all([child.status, printed]);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function configOf(folder: string, http: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`);
  return `daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
${Deno.uid() === 0 ? "user root;" : ""}
events { worker_connections 64; }
http {
access_log off;
${temporary.join("\n")}
${http}
}
`;
}

async function listening(port: number, printed: Promise<string>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`nginx does not listen on port ${port}. It printed:\n${await printed}`);
}
