// Answers that come piece by piece, line by line.

import type { CallOptions, HeaderMap, InputValues, CallPlan, Transport } from "./transport";
import { HttpError, UnexpectedAnswerError, problemOf } from "./transport";

/** The items of a stream; each loop over it is a connection of its own. */
export interface ApiItems<Item> extends AsyncIterable<Item> {
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>;
}

/** A function of the API that streams. */
export interface ApiStreamFunction<Args extends unknown[], Output, Failure> {
  (...args: Args): Output;
  /** Tells whether something that was thrown is an error of this operation. */
  isError(error: unknown): error is Failure;
}

/** Reads an answer line by line; the result is true when there was nothing to read. */
export async function* linesOf(
  transport: Transport,
  route: CallPlan,
  input: InputValues,
  options: CallOptions,
  more: HeaderMap = {},
  opened: () => void = () => undefined,
): AsyncGenerator<string, boolean, undefined> {
  const sent = await transport.send(route, input, options, more);
  const { response, signal, arrived, done } = sent;
  try {
    if (response.status >= 400) {
      const problem = await problemOf(response);
      throw new HttpError(route.id, response.status, problem, response.headers);
    }
    arrived();
    if (response.status === 204 || response.body === null) return true;
    const type = response.headers.get("content-type")?.split(";")[0]?.trim();
    if (type === undefined || type !== route.accept.split(",")[0]) {
      await response.body.cancel();
      throw new UnexpectedAnswerError(route.id, response, `came as ${type ?? "nothing"}`);
    }
    opened();
    yield* splitLines(response.body, signal);
    return false;
  } finally {
    done();
  }
}

async function* splitLines(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const stop = (): void => {
    // Ends the connection when the caller has read enough; nothing when it has ended.
    void reader.cancel(signal.reason).catch(() => undefined);
  };
  // Node forgets to end a body whose response nobody holds any more.
  signal.addEventListener("abort", stop, { once: true });
  let rest: string[] = [];
  let endsWithReturn = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      let text = decoder.decode(value, { stream: !done });
      if (endsWithReturn && text.startsWith("\n")) text = text.slice(1);
      else if (text === "" && !done) continue;
      endsWithReturn = text.endsWith("\r");
      const lines = text.split(/\r\n|\n|\r/);
      const last = lines.pop() ?? "";
      for (const line of lines) {
        yield rest.join("") + line;
        rest = [];
      }
      rest.push(last);
      if (done) break;
    }
    const line = rest.join("");
    if (line) yield line;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
