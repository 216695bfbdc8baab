import fs from "node:fs";
import type { Browser } from "playwright-core";

/** Where Chromium should be. */
export function chromiumPath(): string {
  return Deno.env.get("SYNEG_CHROMIUM") ?? "/usr/bin/chromium";
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Opens a headless Chromium. */
export async function openChromium(): Promise<Browser> {
  return await (await loadPlaywright()).chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

/** Playwright looks for files that Deno shows only with all permissions; report them as missing. */
async function loadPlaywright() {
  const real = fs.existsSync;
  fs.existsSync = (path) => {
    try {
      return real(path);
    } catch {
      return false;
    }
  };
  return await import("playwright-core");
}
