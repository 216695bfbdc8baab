import * as arrow from "apache-arrow";
import { KitError } from "../../core/errors.ts";
import { registerCodecs } from "./codecs.ts";
import { refusePointer } from "../packed/unpack.ts";
import { type Meter, verifyIpcFile, verifyIpcStream } from "./verify_ipc.ts";

const MAGIC = "ARROW1";

/**
 * Opens an IPC file or stream as an Arrow table; its metadata is verified, its columns are not.
 *
 * @throws {KitError} if it is neither, is truncated or broken.
 */
export function openArrow(bytes: Uint8Array, file: string | undefined, meter: Meter): arrow.Table {
  if (bytes.length === 0) throw new KitError("Cannot read an empty file", { file });
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 6));
  const stream = head.startsWith("\xff\xff\xff\xff");
  if (head !== MAGIC && !stream) refuse(head, bytes, file);
  if (!stream && new TextDecoder("latin1").decode(bytes.subarray(-6)) !== MAGIC) {
    throw new KitError("Cannot read an Arrow file: it is cut off (it does not end with ARROW1)", { file });
  }
  registerCodecs();
  try {
    if (stream) verifyIpcStream(bytes, meter);
    else verifyIpcFile(bytes, meter);
    return arrow.tableFromIPC(bytes);
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const { message } = cause as Error;
    const unknown = /^Unrecognized type: "(\w*)"/.exec(message)?.[1];
    if (unknown !== undefined) {
      throw new KitError(
        `Cannot read an Arrow file: it has a column of the type ${unknown || "unknown"}; cast it first`,
        {
          file,
        },
        { cause },
      );
    }
    throw new KitError(`Cannot read a broken Arrow file: ${message}`, { file }, { cause });
  }
}

function refuse(head: string, bytes: Uint8Array, file: string | undefined): never {
  refusePointer(bytes, file ?? "");
  const advice = head.startsWith("FEA1")
    ? "it is Feather 1; write it as Feather 2 (pyarrow.feather.write_feather)"
    : head.startsWith("PAR1")
    ? "it is a Parquet file; name it so"
    : "it does not begin with ARROW1, nor as a stream";
  throw new KitError(`Cannot read an Arrow file: ${advice}`, { file });
}
