import { join, resolve } from "node:path";
import fs from "node:fs";
import type { Page } from "playwright-core";
import { installKernel } from "../../lib/cli/kernel.ts";
import { chromiumPath, openChromium } from "../support/chromium.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");
const SCRATCH = join(ROOT, "tests", ".output");

/** A JupyterLab with copies of the notebooks, and one page of a headless browser. */
export interface JupyterLab {
  readonly page: Page;
  /** Folder of the copies. */
  readonly folder: string;
  open(notebook: string): Promise<void>;
  /** Clears all outputs, then runs all cells. */
  runAll(): Promise<void>;
  /** Waits until no cell is waiting or running. */
  settled(seconds: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Why JupyterLab cannot be tested here; undefined if it can. */
export function missing(): string | undefined {
  const folder = Deno.env.get("SYNEG_JUPYTER");
  if (!folder) return "SYNEG_JUPYTER is not set to a virtual environment with JupyterLab";
  if (!fs.existsSync(join(folder, "bin", "jupyter"))) return `there is no bin/jupyter in ${folder}`;
  if (!fs.existsSync(chromiumPath())) return `there is no Chromium at ${chromiumPath()}`;
}

/** Starts JupyterLab with its own settings, kernels and notebooks, apart from the user's. */
export async function openLab(theme: "light" | "dark"): Promise<JupyterLab> {
  await Deno.mkdir(SCRATCH, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: SCRATCH, prefix: "lab-" });
  const notebooks = join(folder, "notebooks");
  await Deno.mkdir(notebooks);
  await fs.promises.cp(join(ROOT, "notebooks"), notebooks, { recursive: true });
  await Deno.symlink(join(ROOT, "data"), join(folder, "data"));
  await installKernel(join(folder, "jupyter"));
  await writeSettings(folder, theme);
  const port = freePort();
  const server = startServer(folder, notebooks, port);
  const stop = async () => {
    server.kill("SIGTERM");
    await server.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await answers(port);
    const browser = await openChromium();
    const page = await browser.newPage({ viewport: { width: 1000, height: 1300 } });
    page.setDefaultTimeout(90_000);
    const choose = async (menu: string, item: string) => {
      await page.click(`.lm-MenuBar-itemLabel:text-is("${menu}")`);
      await page.click(`.lm-Menu-itemLabel:text-is("${item}")`);
    };
    return {
      page,
      folder: notebooks,
      async open(notebook) {
        await page.goto(`http://127.0.0.1:${port}/lab/tree/${notebook}.ipynb`);
        await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 120_000 });
        // JupyterLab may ask which kernel to start; it preselects the notebook's.
        const asked = page.waitForSelector(".jp-Dialog button.jp-mod-accept", { timeout: 120_000 });
        const idle = page.waitForFunction(IDLE, undefined, { timeout: 120_000 });
        await Promise.any([asked.then((button) => button.click()), idle]);
        await page.waitForTimeout(1500);
        const dialog = page.locator(".jp-Dialog button.jp-mod-accept");
        if (await dialog.count() > 0) await dialog.first().click();
        await idle;
      },
      async runAll() {
        await choose("Edit", "Clear Outputs of All Cells");
        await page.waitForFunction(CLEARED, undefined);
        await choose("Run", "Run All Cells");
      },
      async settled(seconds) {
        await page.waitForFunction(SETTLED, undefined, { timeout: seconds * 1000, polling: 200 });
      },
      async [Symbol.asyncDispose]() {
        await browser.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

// Expressions for the page are text, because Deno does not know its names (document …).
const IDLE = `document.querySelector(".jp-Notebook-ExecutionIndicator")?.getAttribute("data-status") === "idle"`;
const CLEARED = `document.querySelectorAll(".jp-CodeCell .jp-OutputArea-output").length === 0`;
const SETTLED = `(() => {
  const cells = [...document.querySelectorAll(".jp-CodeCell")];
  const prompts = cells.map((cell) => cell.querySelector(".jp-InputPrompt")?.textContent ?? "");
  return prompts.length > 0 && prompts.every((prompt) => /^\\[\\d+\\]:/.test(prompt));
})()`;

async function writeSettings(folder: string, theme: "light" | "dark"): Promise<void> {
  const settings = {
    "apputils-extension/themes": { theme: theme === "dark" ? "JupyterLab Dark" : "JupyterLab Light" },
    "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
    // Keep cells out of sight in the page, so that a test can inspect them.
    "notebook-extension/tracker": { windowingMode: "none" },
  };
  for (const [name, value] of Object.entries(settings)) {
    const path = join(folder, "settings", "@jupyterlab", `${name}.jupyterlab-settings`);
    await Deno.mkdir(resolve(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(value));
  }
}

function startServer(folder: string, root: string, port: number): Deno.ChildProcess {
  const options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`, "--IdentityProvider.token="];
  return new Deno.Command(join(Deno.env.get("SYNEG_JUPYTER")!, "bin", "jupyter"), {
    args: ["lab", ...options, `--ServerApp.root_dir=${root}`],
    env: {
      JUPYTER_DATA_DIR: join(folder, "jupyter"),
      JUPYTER_CONFIG_DIR: join(folder, "config"),
      JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
      JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
      JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function answers(port: number): Promise<void> {
  for (let i = 0; i < 600; i++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/status`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("JupyterLab did not answer within two minutes");
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
