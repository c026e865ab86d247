/**
 * A real field agent as a process of its own, with a key folder that is removed with it.
 *
 * @module
 */
import { join } from "node:path";
import { agentCommand } from "./field/agent_command.ts";
import { type Process, runProcess } from "./stack/stack.ts";

export interface AgentProcess extends AsyncDisposable {
  readonly process: Process;
  /** Its folder of files to send, which the test may make. */
  readonly media: string;
}

/** Starts an agent that enrols with `enrollment` at the coordinator behind `url` (http…). `settings`: further ones. */
export async function startAgent(
  { url, enrollment, settings = {} }: {
    readonly url: string;
    readonly enrollment: string;
    readonly settings?: Readonly<Record<string, string>>;
  },
): Promise<AgentProcess> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-agent-" });
  const media = join(folder, "media");
  const env = {
    ...Deno.env.toObject(),
    FARPAD_AGENT_COORDINATOR: `${url.replace(/^http/, "ws")}/agent/ws`,
    FARPAD_AGENT_ENROLLMENT: enrollment,
    FARPAD_AGENT_DATA: folder,
    FARPAD_AGENT_MEDIA: media,
    FARPAD_AGENT_STATUS_PORT: "0",
    ...settings,
  };
  const process = runProcess({ name: "agent", args: agentCommand(env), env });
  return {
    process,
    media,
    async [Symbol.asyncDispose]() {
      await process.end();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
