// Server-sent events, and how to go on with them after the connection was lost.

import type { ApiItems, ApiStreamFunction } from "./streams";
import type { CallOptions, HeaderMap, InputValues, CallPlan, Transport } from "./transport";
import { linesOf } from "./streams";
import { HttpError, TimeoutError, isErrorOf, split } from "./transport";

/** What a call that streams may say for itself. */
export interface StreamOptions extends CallOptions {
  /**
   * Whether a stream that ended is asked for again. By default one that broke is, and
   * one that ended well if it said by an `id` or `retry` that it goes on.
   */
  readonly reconnect?: boolean | undefined;
  /** Go on behind this event. */
  readonly lastEventId?: string | undefined;
}

/** One server-sent event. */
export interface ApiEvent<Item> {
  readonly data: Item;
  /** The kind of event, `message` where none is named. */
  readonly event: string;
  /** The id of this event or the last one before it that had one. */
  readonly id: string;
}

/** The items of a stream of events, or by `events()` the events themselves. */
export interface ApiEvents<Item> extends ApiItems<Item> {
  events(): AsyncGenerator<ApiEvent<Item>, void, undefined>;
}

/** Where a stream of events is, from one connection to the next. */
interface StreamProgress {
  id: string;
  /** Milliseconds to wait before the next connection. */
  retry: number;
  connected: boolean;
  /** The server has said that there is more to come after the end. */
  goesOn: boolean;
  failures: number;
}

const FIRST_RETRY = 1000;
const LONGEST_RETRY = 30_000;
const MOST_FAILURES = 10;

/** Makes the function of an operation that answers with server-sent events. */
export function eventStream<Args extends unknown[], Item, Failure>(
  transport: Transport,
  route: CallPlan,
  kind: "json" | "text",
): ApiStreamFunction<Args, ApiEvents<Item>, Failure> {
  const parse = (text: string): Item => (kind === "text" ? text : JSON.parse(text)) as Item;
  const call = (...args: Args): ApiEvents<Item> => {
    const events = async function* (): AsyncGenerator<ApiEvent<Item>, void, undefined> {
      for await (const event of eventsOf(transport, route, args)) {
        yield { ...event, data: parse(event.data) };
      }
    };
    return {
      events,
      async *[Symbol.asyncIterator]() {
        for await (const event of events()) yield event.data;
      },
    };
  };
  return Object.assign(call, { isError: isErrorOf<Failure>(route.id) });
}

async function* eventsOf(
  transport: Transport,
  route: CallPlan,
  args: unknown[],
): AsyncGenerator<ApiEvent<string>, void, undefined> {
  const [input, options] = split(route, args) as [InputValues, StreamOptions];
  const progress: StreamProgress = {
    id: options.lastEventId ?? "",
    retry: FIRST_RETRY,
    connected: false,
    goesOn: false,
    failures: 0,
  };
  for (;;) {
    try {
      const more: HeaderMap = progress.id ? { "last-event-id": progress.id } : {};
      const opened = (): void => {
        progress.connected = true;
      };
      const lines = linesOf(transport, route, input, options, more, opened);
      if (yield* parsedEvents(lines, progress)) return;
      if (!(options.reconnect ?? progress.goesOn)) return;
      progress.failures = 0;
    } catch (error) {
      if (!mayGoOn(error, progress, options)) throw error;
      progress.failures += 1;
    }
    const pause = progress.retry * 2 ** Math.max(0, progress.failures - 1);
    await waited(Math.min(pause, Math.max(LONGEST_RETRY, progress.retry)), options.signal);
  }
}

function mayGoOn(error: unknown, progress: StreamProgress, options: StreamOptions): boolean {
  const isBroken =
    error instanceof TypeError || // what fetch says of a broken connection
    error instanceof TimeoutError ||
    (error instanceof HttpError && [502, 503, 504].includes(error.status));
  if (!isBroken || options.signal?.aborted || options.reconnect === false) return false;
  return progress.connected && progress.failures < MOST_FAILURES;
}

/** Puts lines together to events; true when the server wants no further request. */
async function* parsedEvents(
  lines: AsyncGenerator<string, boolean, undefined>,
  progress: StreamProgress,
): AsyncGenerator<ApiEvent<string>, boolean, undefined> {
  let data: string[] = [];
  let event = "";
  let { id } = progress;
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done) return next.value;
      const line = next.value;
      if (line === "") {
        progress.id = id;
        if (data.length > 0) {
          progress.failures = 0;
          yield { data: data.join("\n"), event: event || "message", id };
        }
        data = [];
        event = "";
        continue;
      }
      const [, name = "", value = ""] = /^([^:]*)(?::[ ]?)?(.*)$/su.exec(line) ?? [];
      if (name === "data") data.push(value);
      else if (name === "event") event = value;
      else if (name === "id" && !value.includes("\0")) {
        id = value;
        progress.goesOn = true;
      } else if (name === "retry" && /^[0-9]{1,9}$/.test(value)) {
        progress.retry = Number(value);
        progress.goesOn = true;
      }
    }
  } finally {
    await lines.return(false);
  }
}

function waited(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
