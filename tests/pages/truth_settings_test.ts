import { equal } from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { TOTP } from "otpauth";
import { api } from "../../protocol/rest/api.ts";
import type { Answer, CallArgs, Contract } from "../../protocol/rest/contract.ts";
import { call } from "../../protocol/rest/contract.ts";
import {
  ADMIN,
  answered,
  type Shown,
  startWalk,
  type TruthWalk,
  until,
} from "../support/stack/truth_walk.ts";

/** The pages of settings and of the account, while what they show changes elsewhere: no page is loaded anew. */
let walk: TruthWalk;

Deno.test.beforeAll(async () => {
  walk = await startWalk({ FARPAD_ALLOWED_HOSTS: "127.0.0.1" });
  const url = "rtmp://127.0.0.1:1935/live";
  await ask(api.destinations.create, { body: { name: "Arena", platform: "rtmp", url } });
  await ask(api.access.set, { body: { policy: "share_link" } });
});

Deno.test.afterAll(async () => {
  await walk[Symbol.asyncDispose]();
});

function ask<C extends Contract>(spec: C, args: CallArgs<C>): Promise<Answer<C>> {
  return walk.ask(spec, args);
}

const shows = (path: string, shown: Shown) => walk.shows(path, shown);

Deno.test("[DSH27] [TRU21] settings: what the coordinator uses, also when another person changed it", async () => {
  const policy = (name: string) => walk.page.getByRole("radio", { name }).isChecked();
  await shows("/operator/settings", { yes: [/Who may play/, /These rules are in force/] });
  await until(() => policy("People who are signed in, or have a share link"));
  await ask(api.access.set, { body: { policy: "signed_in" } });
  await until(() => policy("People who are signed in Every"));
  const { link } = await ask(api.access.createLink, { body: { name: "Jury", hours: 24 } });
  await walk.stillShows({ yes: [/Jury Plays/, /(23 h|1 d|24 h)[^.]* left/] });
  await ask(api.access.removeLink, { params: { id: link.share_id } });
  await walk.stillShows({ yes: [/Share links Make a link None/], no: [/Jury/] });

  const { rules } = await ask(api.alerts.settings, {});
  const loss = { ...rules.loss, raise: 0.33 };
  await ask(api.alerts.change, { body: { rules: { ...rules, loss } } });
  const raised = walk.page.getByLabel(/Raised above/).first();
  await until(async () => await raised.inputValue() === "33");
  await walk.stillShows({ yes: [/These rules are in force/], no: [/Not saved yet/] });
});

Deno.test("[TRU21] the webhook: the stored address, and how the last post went", async () => {
  const receiver = createServer((_request, response) => response.writeHead(503).end());
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  await ask(api.alerts.change, { body: { webhook: { url } } });
  const address = walk.page.locator("#webhook").getByLabel("Address");
  await until(async () => await address.inputValue() === url);
  const { ok: arrived } = await ask(api.alerts.test, {});
  equal(arrived, false);
  const { last_delivery } = await ask(api.alerts.settings, {});
  receiver.close();
  if (last_delivery) await walk.stillShows({ yes: [/Last delivery \d+ s ago: .*503/] });
});

Deno.test("[TRU22] the account: tokens, logins and the second factor that end elsewhere", async () => {
  const { stack: { url: base } } = walk;
  await shows("/operator/account", { yes: [/API tokens Make a token None/] });
  const made = await ask(api.tokens.create, { body: { name: "Grafana", scope: "read", days: 7 } });
  await walk.stillShows({ yes: [/Grafana Read (6|7) d[^.]* left Revoke Grafana Never used/] });
  await answered(call(api.senders.list, { query: {} }, { base, token: made.token }));
  await walk.stillShows({ yes: [/Used \d+ s ago/] });
  await ask(api.tokens.revoke, { params: { id: made.item.token_id } });
  await walk.stillShows({ yes: [/None\. With a token/], no: [/Grafana/] });

  const rows = () => walk.page.getByText(/signed in \d/).count();
  const logins = async () => (await ask(api.auth.logins, {})).items;
  await until(async () => await rows() === (await logins()).length);
  const other = await answered(call(api.auth.login, { body: ADMIN }, { base }));
  await until(async () => await rows() === (await logins()).length);
  const before = await rows();
  await answered(call(api.auth.logout, {}, { base, token: other.token }));
  await until(async () => await rows() === before - 1);

  const secret = (await ask(api.secondFactor.offer, { body: { current: ADMIN.password } })).secret;
  const code = () => new TOTP({ secret }).generate();
  await ask(api.secondFactor.confirm, { body: { code: code() } });
  await walk.stillShows({ yes: [/Second factor Turn off the second factor On/] });
});

Deno.test("[DSH27] [TRU23] a coordinator that answers nothing: what was read has its age", async () => {
  const pages: readonly (readonly [string, RegExp])[] = [
    ["destinations", /Destinations 1 \d+ s old/],
    ["account", /Where you are signed in \d+ s old/],
  ];
  for (const [name, words] of pages) {
    await shows(`/operator/${name}`, { yes: [/./], no: [/Loading/] });
    Deno.kill(walk.stack.coordinator.pid, "SIGSTOP");
    try {
      await walk.stillShows({ yes: [words] });
    } finally {
      Deno.kill(walk.stack.coordinator.pid, "SIGCONT");
    }
    await walk.stillShows({ yes: [/./], no: [/\d s old/] });
  }
});

Deno.test("[TRU22] a login that ended elsewhere: the page leaves at once and says so", async () => {
  await walk.visit("/operator/people");
  const logins = (await ask(api.auth.logins, {})).items;
  for (const { login_id, current } of logins) {
    if (!current) await ask(api.auth.endLogin, { params: { id: login_id } });
  }
  await walk.stillShows({ yes: [/Your login ended\. Sign in again to go on\./] });
});
