import type { Format } from "./chat_completions.ts";
import type { Price } from "./price.ts";

/**
 * Which server is used, and how.
 *
 * @category Generation
 */
export interface EndpointOptions {
  /** Address of an OpenAI-compatible server: vLLM, Ollama, llama.cpp, a gateway. Omit for OPENAI_BASE_URL, else OpenAI. */
  baseURL?: string;
  /** API key. Omit for OPENAI_API_KEY; servers other than OpenAI's may need none. */
  apiKey?: string;
  /**
   * Milliseconds from sending a request to the last byte of its answer.
   *
   * @default {120000}
   */
  timeout?: number;
  /**
   * Maximum bytes of an answer; a longer one is an error.
   *
   * @default {33554432}
   */
  answerBytes?: number;
  /**
   * How JSON is requested; "auto" begins with the schema, and falls back if the server refuses it.
   *
   * @default {"auto"}
   */
  format?: Format;
  /**
   * Whether to have answers streamed.
   *
   * @default {false}
   */
  stream?: boolean;
  /** Price of tokens. Omit to leave the cost unknown. */
  price?: Price;
}
