import { extractText, getDocumentProxy } from "unpdf";

/** Title and text of a PDF, page by page. A PDF of scanned pages has no text. */
export async function pdfText(bytes: Uint8Array): Promise<{ title: string; text: string }> {
  const pdf = await getDocumentProxy(bytes, { verbosity: 0 });
  try {
    const { info } = await pdf.getMetadata();
    const { text } = await extractText(pdf, { mergePages: false });
    const title = (info as { Title?: unknown }).Title;
    return { title: typeof title === "string" ? title.trim() : "", text: text.map((page) => page.trim()).join("\n\n") };
  } finally {
    await pdf.cleanup();
    await pdf.loadingTask.destroy();
  }
}
