import { showing } from "../../core/display.ts";
import { writeAtomic } from "../../core/files.ts";
import { escapeHtml } from "../../core/html.ts";

/**
 * A page to read: it shows itself in a notebook and saves itself as one file.
 *
 * @category Negatives
 */
export interface Explorer {
  /** The whole page. */
  readonly html: string;
  /** Writes the page; an existing file is kept unless `overwrite` is set. */
  save(path: string, options?: { overwrite?: boolean }): Promise<void>;
}

/** A page with its form in a notebook (`height` in pixels) and in a terminal. */
export function savedPage(html: string, { height, text }: { height: number; text: string }): Explorer {
  const save: Explorer["save"] = async (path, { overwrite = false } = {}) => {
    await writeAtomic(path, html, { overwrite });
  };
  return showing({ html, save }, { html: () => framed(html, height), text: () => text });
}

/** The page in a frame of its own: its style and keys stay inside, and it cannot reach the notebook. */
function framed(html: string, height: number): string {
  const source = escapeHtml(html);
  return `<iframe srcdoc="${source}" sandbox="allow-scripts allow-downloads allow-modals" ` +
    `style="width:100%;height:${height}px;border:1px solid #8886;border-radius:4px" title="negatives"></iframe>`;
}
