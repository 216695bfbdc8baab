import type { Analyzer } from "./analyzers/mod.ts";
import type { Bm25Formula } from "./bm25_variants.ts";
import type { LanguageGuess } from "./guess_language.ts";
import type { Ids } from "./ids.ts";

/** Postings per block while documents are added; full blocks are never copied. */
const BLOCK = 1 << 20;
/** Distinct tokens whose terms are cached. */
const REMEMBERED = 1 << 21;

/**
 * Documents with a term, ascending, and what one occurrence of the term in a query adds to their scores.
 *
 * @category Retrieval
 */
export interface TermPostings {
  /** Rows of the corpus. */
  readonly rows: Int32Array;
  /** One for each row. */
  readonly impacts: Float32Array;
}

/**
 * Documents by term.
 *
 * @category Retrieval
 */
export interface Postings {
  /** Number of each term. */
  readonly terms: ReadonlyMap<string, number>;
  /** What one occurrence of a term in a query adds to the score of every document, by the term's number. */
  readonly absent: Float32Array;
  /** The documents of a term, by its number. Do not modify them, nor keep them past the next call. */
  of(term: number): TermPostings;
  /** Closes files. */
  close?(): void;
}

/**
 * What an index is made of.
 *
 * @category Retrieval
 */
export interface Bm25Parts {
  /** Documents by term. */
  readonly postings: Postings;
  /** Ids of the documents by row. */
  readonly ids: Ids;
  /** Splits queries as it split the documents. */
  readonly analyzer: Analyzer;
  /** Name of the variant and values of its options. */
  readonly formula: { readonly variant: string; readonly [option: string]: unknown };
  /** The language that chose the analyzer. */
  readonly guess?: LanguageGuess;
}

/** {@link Postings} in memory: rows and impacts of term t are at `offsets[t]` to `offsets[t + 1]`. */
export class MemoryPostings implements Postings {
  readonly terms: ReadonlyMap<string, number>;
  readonly absent: Float32Array;
  readonly offsets: Float64Array;
  readonly rows: Int32Array;
  readonly impacts: Float32Array;

  constructor(parts: Omit<MemoryPostings, "of">) {
    this.terms = parts.terms;
    this.absent = parts.absent;
    this.offsets = parts.offsets;
    this.rows = parts.rows;
    this.impacts = parts.impacts;
  }

  of(term: number): TermPostings {
    const [begin, end] = [this.offsets[term], this.offsets[term + 1]];
    return { rows: this.rows.subarray(begin, end), impacts: this.impacts.subarray(begin, end) };
  }
}

/** Collects documents and builds their {@link Postings}. The only strings it holds are distinct tokens and terms. */
export class PostingsBuilder {
  readonly #analyzer: Analyzer;
  readonly #terms = new Map<string, number>();
  readonly #known = new Map<string, number>();
  readonly #blocks: { terms: Int32Array; frequencies: Uint16Array }[] = [];
  #lengths = new Int32Array(1 << 16);
  /** Distinct terms of each document. */
  #widths = new Int32Array(1 << 16);
  #frequencies = new Int32Array(1 << 16);
  #documents = new Int32Array(1 << 16);
  #distinct: number[] = [];
  #length = 0;
  #at = BLOCK;
  #row = 0;

  constructor(analyzer: Analyzer) {
    this.#analyzer = analyzer;
  }

  /** Adds the next document. */
  add(text: string): void {
    this.#analyzer.split(text, this.#count);
    for (const term of this.#distinct) {
      if (this.#at === BLOCK) {
        this.#blocks.push({ terms: new Int32Array(BLOCK), frequencies: new Uint16Array(BLOCK) });
        this.#at = 0;
      }
      const block = this.#blocks[this.#blocks.length - 1];
      block.terms[this.#at] = term;
      // Occurrences past 65,535 in one document change its score by less than one part in 10,000.
      block.frequencies[this.#at++] = Math.min(65535, this.#frequencies[term]);
      this.#frequencies[term] = 0;
      this.#documents[term]++;
    }
    if (this.#row === this.#lengths.length) {
      this.#lengths = doubled(this.#lengths);
      this.#widths = doubled(this.#widths);
    }
    this.#lengths[this.#row] = this.#length;
    this.#widths[this.#row++] = this.#distinct.length;
    this.#distinct = [];
    this.#length = 0;
  }

  #count = (token: string) => {
    let term = this.#known.get(token);
    if (term === undefined) term = this.#learn(token);
    if (term < 0) return;
    this.#length++;
    if (this.#frequencies[term]++ === 0) this.#distinct.push(term);
  };

  #learn(token: string): number {
    const term = this.#analyzer.term(token);
    let number = -1;
    if (term !== undefined) {
      number = this.#terms.get(term) ?? -1;
      if (number < 0) this.#terms.set(copy(term), number = this.#terms.size);
      if (number >= this.#frequencies.length) {
        this.#frequencies = doubled(this.#frequencies);
        this.#documents = doubled(this.#documents);
      }
    }
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(copy(token), number);
    return number;
  }

  /** Sorts by term and computes the impacts. Leaves the builder empty. */
  finish(formula: Bm25Formula): MemoryPostings {
    this.#known.clear();
    const terms = this.#terms.size;
    const lengths = this.#lengths.subarray(0, this.#row);
    const { filled, mean } = lengthsOf(lengths);
    const offsets = new Float64Array(terms + 1);
    const idf = new Float64Array(terms);
    for (let t = 0; t < terms; t++) {
      const n = this.#documents[t];
      offsets[t + 1] = offsets[t] + n;
      idf[t] = formula.idf(n, filled);
    }
    const rows = new Int32Array(offsets[terms]);
    const impacts = new Float32Array(offsets[terms]);
    const next = offsets.slice(0, terms);
    let at = BLOCK;
    let block = this.#blocks[0];
    for (let row = 0; row < lengths.length; row++) {
      const norm = formula.norm(lengths[row], mean);
      for (let i = 0; i < this.#widths[row]; i++) {
        if (at === BLOCK) {
          block = this.#blocks.shift()!;
          at = 0;
        }
        const term = block.terms[at];
        const frequency = block.frequencies[at++];
        const place = next[term]++;
        rows[place] = row;
        impacts[place] = formula.score(idf[term], frequency, norm);
      }
    }
    const absent = Float32Array.from(idf, formula.absent);
    return new MemoryPostings({ terms: this.#terms, absent, offsets, rows, impacts });
  }
}

/** Documents with a term, and their mean length; as in Lucene, documents without a term do not count. */
function lengthsOf(lengths: Int32Array): { filled: number; mean: number } {
  let filled = 0;
  let tokens = 0;
  for (const length of lengths) {
    if (length > 0) filled++;
    tokens += length;
  }
  return { filled, mean: tokens / Math.max(1, filled) };
}

/** A copy that does not keep alive the document it was cut from. */
function copy(text: string): string {
  return ` ${text}`.slice(1);
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
