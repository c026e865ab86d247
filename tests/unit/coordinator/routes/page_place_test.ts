import { equal, match, notEqual } from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { PlacedPages } from "../../../../coordinator/routes/http/page_place.ts";
import type { WebFile } from "../../../../coordinator/routes/http/web_folder.ts";

const HTML = '<!doctype html><html lang="en"><link href="/farpad.svg">' +
  '<script src="/assets/a.js"></script><a href="//other.test/">x</a></html>';
const file: WebFile = {
  body: new TextEncoder().encode(HTML),
  gzip: undefined,
  etag: '"built"',
  type: "text/html; charset=utf-8",
};
const read = ({ body }: WebFile) => new TextDecoder().decode(body);

Deno.test("[PXY5] at the root without a public URL a page stays as it was built", () => {
  equal(new PlacedPages().at(file, { base: "", publicUrl: undefined }), file);
});

Deno.test("[PXY5] below a base path a page contains the base path, and its files' paths begin with it", () => {
  const placed = new PlacedPages().at(file, { base: "/f", publicUrl: 'https://a.test/f/"<&' });
  const html = read(placed);
  match(
    html,
    /^<!doctype html><html data-base="\/f" data-public-url="https:\/\/a\.test\/f\/&quot;&lt;&amp;" lang="en">/,
  );
  match(html, /href="\/f\/farpad\.svg".*src="\/f\/assets\/a\.js".*href="\/\/other\.test\/"/);
  equal(new TextDecoder().decode(gunzipSync(placed.gzip!)), html);
});

Deno.test("[PXY5] pages of other places have other entity tags, and each is made once", () => {
  const pages = new PlacedPages();
  const one = pages.at(file, { base: "/a", publicUrl: undefined });
  notEqual(one.etag, pages.at(file, { base: "/b", publicUrl: undefined }).etag);
  equal(pages.at(file, { base: "/a", publicUrl: undefined }), one);
});
