/** A real S3-compatible server on loopback, with an empty bucket. */
import S3rver from "s3rver";

/** The key that it accepts. */
export const S3_KEY = { accessKey: "S3RVER", secretKey: "S3RVER" } as const;

/** Starts a server; disposing ends it and removes what it kept. */
export async function startS3(): Promise<{ readonly url: string } & AsyncDisposable> {
  const directory = await Deno.makeTempDir({ prefix: "farpad-s3-" });
  const server = new S3rver({
    ...{ address: "127.0.0.1", port: 0, silent: true, directory },
    configureBuckets: [{ name: "saves" }],
  });
  const { port } = await server.run();
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
