/**
 * What `npm start` runs and with which rights: the coordinator, and a worker beside it that is let in by a
 * credential made for this one run.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { coordinatorPermissions } from "../../coordinator/permissions.ts";
import type { Child } from "./supervisor.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

export interface LaunchSettings {
  /** Where this machine reaches the coordinator. */
  readonly url: string;
  /** The environment of both children. */
  readonly env: Readonly<Record<string, string>>;
}

/** Settings that both children share; the rest of the environment is read and checked by each for itself. */
export function launchSettings(
  env: Readonly<Record<string, string>>,
  credential: string,
): LaunchSettings {
  const port = env.FARPAD_PORT ?? "8000";
  const secure = Boolean(env.FARPAD_TLS ?? env.FARPAD_TLS_CERT);
  return {
    url: `${secure ? "https" : "http"}://127.0.0.1:${port}`,
    env: {
      ...env,
      FARPAD_DATA: resolve(env.FARPAD_DATA ?? "data"),
      FARPAD_WORKER_CREDENTIAL: env.FARPAD_WORKER_CREDENTIAL ?? credential,
      FARPAD_DEMO: env.FARPAD_DEMO ?? "true",
      FARPAD_COORDINATOR: env.FARPAD_COORDINATOR ??
        `${secure ? "wss" : "ws"}://127.0.0.1:${port}/wso`,
    },
  };
}

/** Where the demonstration's agent keeps its key. */
export function demoFolder({ env }: LaunchSettings): string {
  return join(env.FARPAD_DATA!, "demo-agent");
}

/** The demonstration's field device. `enrollment` is its token, once. */
export function agentChild(settings: LaunchSettings, enrollment: string | undefined): Child {
  const { env, url } = settings;
  const folder = demoFolder(settings);
  return {
    name: "demonstration agent",
    args: ["run", "--no-prompt", "-A", `${ROOT}agent/main.ts`],
    env: {
      FARPAD_AGENT_COORDINATOR: `${url.replace(/^http/, "ws")}/agent/ws`,
      FARPAD_AGENT_DATA: folder,
      FARPAD_AGENT_MEDIA: join(folder, "media"),
      FARPAD_AGENT_STATUS_PORT: "0",
      ...(enrollment && { FARPAD_AGENT_ENROLLMENT: enrollment }),
      ...(env.FARPAD_TLS === "self" && {
        FARPAD_AGENT_CA: join(env.FARPAD_DATA!, "tls_cert.pem"),
      }),
      ...env,
    },
  };
}

export function coordinatorChild({ env }: LaunchSettings): Child {
  const permissions = coordinatorPermissions(env);
  return {
    name: "coordinator",
    args: ["run", "--no-prompt", ...permissions, `${ROOT}coordinator/main.ts`],
    env,
  };
}

/** The worker runs native code (encoders, game cores), so rights inside Deno would promise what they cannot keep. */
export function workerChild({ env }: LaunchSettings): Child {
  return { name: "worker", args: ["run", "--no-prompt", "-A", `${ROOT}worker/main.ts`], env };
}
