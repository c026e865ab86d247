/**
 * How the browser's half is built and served while developing: one entry a page, everything self-hosted.
 * In development the coordinator runs beside Vite, which passes its paths on.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import preact from "@preact/preset-vite";
import { defineConfig, type HtmlTagDescriptor, type Plugin } from "vite";
import { iconFiles } from "./web/play/install/icons.ts";

const COORDINATOR = "http://127.0.0.1:8000";
const PASSED_ON = ["/api", "/ws", "/wso", "/agent/ws", "/ping"];
const root = resolve(import.meta.dirname!, "web");

export default defineConfig({
  root,
  publicDir: resolve(root, "public"),
  plugins: [preact({ prefreshEnabled: true }), loadEarly("play/main.tsx"), installable()],
  experimental: {
    // Scripts and styles name each other relative to themselves: the coordinator serves them below any path.
    renderBuiltUrl: (_file, { hostType }) => hostType === "html" ? undefined : { relative: true },
  },
  build: {
    outDir: resolve(root, "dist"),
    emptyOutDir: true,
    // Browsers that know light-dark() themselves (lowered, it could not turn dark for a part of the page) and call back
    // for each picture of a video (Firefox from 132 on).
    target: ["chrome123", "firefox132", "safari17.5"],
    // Small images stay files: a strict content security policy has no data: fonts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["index.html", "operator.html"].map((page) => resolve(root, page)).filter(existsSync),
    },
  },
  server: {
    proxy: Object.fromEntries(
      PASSED_ON.map((path) => [path, { target: COORDINATOR, ws: true, changeOrigin: false }]),
    ),
  },
});

/**
 * Names in a page the scripts and styles of a module that the page's script imports later, so that the browser loads
 * them at once.
 */
function loadEarly(module: string): Plugin {
  return {
    name: "load-early",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {}, chunk }) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const main = chunks.find((each) => each.facadeModuleId === resolve(root, module));
        if (!main || !chunk?.dynamicImports.includes(main.fileName)) return [];
        const scripts = [main.fileName, ...main.imports];
        const styles = chunks.filter(({ fileName }) => scripts.includes(fileName))
          .flatMap(({ viteMetadata }) => [...viteMetadata?.importedCss ?? []]);
        const missing = (file: string) => !html.includes(`"/${file}"`);
        return [
          ...scripts.filter(missing).map((file) => link("modulepreload", file)),
          ...styles.filter(missing).map((file) => link("stylesheet", file)),
        ];
      },
    },
  };
}

/** Makes the player's page one that can be installed: draws the icons, and names them and the manifest. */
function installable(): Plugin {
  return {
    name: "installable",
    apply: "build",
    generateBundle() {
      for (const [fileName, source] of iconFiles()) {
        this.emitFile({ type: "asset", fileName, source });
      }
    },
    transformIndexHtml: {
      order: "post",
      handler(_html, { path }) {
        if (path !== "/index.html") return [];
        // With credentials, for a proxy that asks for a password.
        const manifest = {
          rel: "manifest",
          href: "/manifest.webmanifest",
          crossorigin: "use-credentials",
        };
        const icon = { rel: "apple-touch-icon", href: "/icons/180.png" };
        return [manifest, icon].map((attrs) => ({ tag: "link", attrs, injectTo: "head" }));
      },
    },
  };
}

function link(rel: string, file: string): HtmlTagDescriptor {
  return { tag: "link", attrs: { rel, crossorigin: true, href: `/${file}` }, injectTo: "head" };
}
