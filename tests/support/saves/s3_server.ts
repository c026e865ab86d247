/** A real S3-compatible server on loopback, with an empty bucket. */
import S3rver from "s3rver";

/** The key that it accepts. */
export const S3_KEY = { accessKey: "S3RVER", secretKey: "S3RVER" } as const;

/** A running server. */
export interface S3Server extends AsyncDisposable {
  readonly url: string;
  /** Makes files look as if they had been written so many milliseconds ago. */
  age(keys: readonly string[], ms: number): Promise<void>;
  /** Ends it; `start` starts it again at the same address, with what it kept. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a server; disposing ends it and removes what it kept. */
export async function startS3(): Promise<S3Server> {
  const directory = await Deno.makeTempDir({ prefix: "farpad-s3-" });
  const open = (port: number) =>
    new S3rver({
      ...{ address: "127.0.0.1", port, silent: true, directory },
      configureBuckets: [{ name: "saves" }],
    });
  let server = open(0);
  const { port } = await server.run();
  return {
    url: `http://127.0.0.1:${port}`,
    async age(keys, ms) {
      const then = new Date(Date.now() - ms);
      for (const key of keys) {
        await Deno.utime(`${directory}/saves/${key}._S3rver_object`, then, then);
      }
    },
    stop: () => server.close(),
    async start() {
      server = open(port);
      await server.run();
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
