import { deepEqual } from "node:assert/strict";
import { createScreenLock } from "../../../../web/play/awake/screen_lock.ts";

/** A lock whose requests are answered by hand, with what the browser was asked. */
function scene() {
  const log: string[] = [];
  const answers: PromiseWithResolvers<{ release(): Promise<void> }>[] = [];
  const lock = createScreenLock(() => {
    log.push("request");
    const answer = Promise.withResolvers<{ release(): Promise<void> }>();
    answers.push(answer);
    return answer.promise;
  });
  const give = (at: number) =>
    answers[at]!.resolve({ release: () => Promise.resolve(void log.push(`release ${at}`)) });
  return { lock, log, answers, give };
}

const settle = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));

Deno.test("[PLY48] the screen is kept on while it is wanted, and asked for again after the page was hidden", async () => {
  const { lock, log, give } = scene();
  lock.want(true);
  lock.want(true);
  give(0);
  lock.want(false);
  for (let i = 0; i < 5; i++) await settle();
  lock.want(true);
  deepEqual(log, ["request", "release 0", "request"]);
});

Deno.test("[PLY48] a lock that comes after it was wanted is given back, and a refusal disturbs nothing", async () => {
  const { lock, log, give, answers } = scene();
  lock.want(true);
  lock.want(false);
  give(0);
  for (let i = 0; i < 5; i++) await settle();
  lock.want(true);
  answers[1]!.reject(new Error("low battery"));
  lock.want(false);
  for (let i = 0; i < 5; i++) await settle();
  deepEqual(log, ["request", "release 0", "request"]);
});
