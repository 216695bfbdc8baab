import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import PDFDocument from "pdfkit";
import { readDocuments } from "../../lib/pipeline/mod.ts";

async function pdf(title: string, pages: readonly string[]): Promise<Uint8Array> {
  const document = new PDFDocument({ info: { Title: title }, autoFirstPage: false });
  const parts: Uint8Array[] = [];
  const done = new Promise<void>((resolve) => document.on("end", () => resolve()));
  document.on("data", (part: Uint8Array) => parts.push(part));
  for (const page of pages) {
    document.addPage();
    if (page !== "") document.text(page);
  }
  document.end();
  await done;
  return Buffer.concat(parts);
}

Deno.test("text, Markdown, HTML, PDF and JSONL are read; what has no text is named, and the rest unharmed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = async (name: string, content: string | Uint8Array) => {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeFile(
        join(folder, name),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    };
    await write("README.md", "About the folder.");
    await write(".hidden/a.txt", "hidden");
    await write("a.txt", "Bees dance.");
    await write(
      "b/bread.md",
      "---\nlayout: page\n---\n# Bread\n\nKnead **well**, see [the oven](oven.md).\n\n```\n# no heading\n```\n",
    );
    await write(
      "c.html",
      "<html><head><title>Tea &amp; milk</title><style>p {}</style></head><body><nav>Menu</nav><h2>Pour</h2>" +
        "<p>First <b>tea</b>.</p><script>alert(1)</script></body></html>",
    );
    await write("d.pdf", await pdf("Kites", ["Kites fly.", "Strings hold."]));
    await write(
      "e.jsonl",
      '{"_id": "x", "title": "T", "text": "one"}\n{"contents": "two"}\n\n{"id": "x", "text": "again"}\n[1]\n{"text": ""}\n',
    );
    await write("f.txt", "  \n ");
    await write("g.pdf", await pdf("", [""]));
    await write("h.docx", "PK");
    await write("i.txt", new Uint8Array([0xff, 0xfe, 0xfd]));
    await write("j.pdf", "no PDF");
    const { documents, findings } = await readDocuments(folder);
    assert.deepEqual(documents, [
      { id: "a.txt", title: "", text: "Bees dance." },
      { id: "b/bread.md", title: "Bread", text: "# Bread\n\nKnead well, see the oven.\n\n\n # no heading" },
      { id: "c.html", title: "Tea & milk", text: "## Pour\n\nFirst tea." },
      { id: "d.pdf", title: "Kites", text: "Kites fly.\n\nStrings hold." },
      { id: "e.jsonl#x", title: "T", text: "one" },
      { id: "e.jsonl#2", title: "", text: "two" },
    ]);
    const reasons = new Map(findings.map(({ file, reason }) => [file, reason]));
    assert.deepEqual([...reasons.keys()], [
      "e.jsonl:4",
      "e.jsonl:5",
      "e.jsonl:6",
      "f.txt",
      "g.pdf",
      "h.docx",
      "i.txt",
      "j.pdf",
    ]);
    assert.equal(reasons.get("e.jsonl:4"), "its id x occurs twice");
    assert.match(reasons.get("e.jsonl:6")!, /it has no text/);
    assert.equal(reasons.get("f.txt"), "it has no text");
    assert.equal(reasons.get("g.pdf"), "it has no text");
    assert.equal(reasons.get("h.docx"), "its kind is unknown");
    assert.match(reasons.get("i.txt")!, /^it cannot be read/);
    assert.match(reasons.get("j.pdf")!, /^it cannot be read/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder without text, and no folder, are refused by name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "x.txt"), " ");
    await assert.rejects(readDocuments(folder), /no file has text \(1 left out, such as x\.txt: it has no text\)/);
    await assert.rejects(readDocuments(join(folder, "x.txt")), /wanted a folder/);
    await assert.rejects(readDocuments(join(folder, "none")), /read documents.*none/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
