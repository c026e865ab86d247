/**
 * A program that plays browsers: it answers each offer on its input, a line of JSON, and for a line that is `count`
 * prints how many RTP packets all browsers received.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { WeriftBrowser } from "../media/werift_browser.ts";

const browsers: WeriftBrowser[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "count") {
    console.log(browsers.reduce((sum, { packets }) => sum + packets.length, 0));
    continue;
  }
  const browser = new WeriftBrowser();
  browsers.push(browser);
  console.log(JSON.stringify(await browser.answer(JSON.parse(line))));
}
Deno.exit(0);
