import type { Ledger } from "./ledger.ts";

/** Milliseconds that a claim holds unless it is renewed: how long a killed process can block a question. */
const LEASE = 15_000;

/**
 * Questions that this run has claimed in the ledger, so that no other process on the same ledger asks and pays for them
 * too. Claims are renewed while the run lives, and expire soon after it is killed.
 */
export class Claims implements Disposable {
  readonly #ledger: Ledger;
  readonly #owner = crypto.randomUUID();
  readonly #held = new Set<string>();
  #timer?: ReturnType<typeof setInterval>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Claims those of `keys` that no other run holds, and returns them. */
  take(keys: readonly string[]): Promise<Set<string>> {
    const { promise, resolve, reject } = Promise.withResolvers<Set<string>>();
    const taken = new Set<string>();
    this.#ledger.soon({
      write: () => {
        const now = Date.now();
        // A claim that expires in the far future was made by a wrong clock.
        const claim = this.#ledger.database.prepare(`
          INSERT INTO claims VALUES (:key, :owner, :expires) ON CONFLICT (key) DO UPDATE
          SET owner = excluded.owner, expires = excluded.expires
          WHERE owner = excluded.owner OR expires <= :now OR expires > :now + :most`);
        const times = { owner: this.#owner, expires: now + LEASE, now, most: 4 * LEASE };
        taken.clear();
        for (const key of keys) if (claim.run({ key, ...times }).changes > 0) taken.add(key);
      },
      done: () => {
        for (const key of taken) this.#held.add(key);
        resolve(taken);
      },
      failed: reject,
    });
    this.#timer ??= setInterval(() => this.#renew(), LEASE / 3);
    return promise;
  }

  /** Releases a question, with the ledger's next write. */
  release(key: string): void {
    if (!this.#held.delete(key)) return;
    this.#ledger.soon({
      write: () =>
        this.#ledger.database.prepare("DELETE FROM claims WHERE key = ? AND owner = ?").run(key, this.#owner),
    }, { lazy: true });
  }

  #renew(): void {
    if (this.#held.size === 0) return;
    this.#ledger.soon({
      write: () =>
        this.#ledger.database.prepare("UPDATE claims SET expires = ? WHERE owner = ?").run(
          Date.now() + LEASE,
          this.#owner,
        ),
    });
  }

  /** Releases all questions. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#timer === undefined || !this.#ledger.database.isOpen) return;
    this.#held.clear();
    this.#ledger.soon({
      write: () => this.#ledger.database.prepare("DELETE FROM claims WHERE owner = ?").run(this.#owner),
    });
    this.#ledger.flush();
  }
}
