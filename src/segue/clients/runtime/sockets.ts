// WebSockets whose messages have types.

import type { InputValues, CallPlan, Transport } from "./transport";
import { pathOf } from "./transport";

/** What the call that opens a socket may say for itself. */
export interface SocketOptions {
  readonly protocols?: string | string[] | undefined;
  /** Closes the socket from outside. */
  readonly signal?: AbortSignal | undefined;
}

/** How a socket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** One connection: `send` what goes out, loop over what comes in. */
export interface ApiSocket<Outgoing, Incoming> extends AsyncIterable<Incoming> {
  /** Settled when the server has let us in, or has not. */
  readonly opened: Promise<void>;
  /** Settled when the connection is over, however it ended. */
  readonly closed: Promise<SocketEnd>;
  /** Sends a message; one before the opening is kept until then. */
  send(message: Outgoing): void;
  /** Gives the next message; `undefined` when the socket was closed in order. */
  receive(): Promise<Incoming | undefined>;
  close(code?: number, reason?: string): void;
}

/** A function of the API that opens a socket. */
export type ApiSocketFunction<Args extends unknown[], Outgoing, Incoming> = (
  ...args: Args
) => ApiSocket<Outgoing, Incoming>;

/** A socket was not let in, or broke. */
export class SocketError extends Error {
  override readonly name = "SocketError";
  readonly code: number;
  readonly reason: string;

  constructor(operation: string, end: SocketEnd) {
    super(`${operation}: closed with ${end.code} ${end.reason}`.trim());
    this.code = end.code;
    this.reason = end.reason;
  }
}

/** How messages travel: as JSON, as they are, or as bytes. */
type MessageKind = "json" | "text" | "bytes" | "any";

interface RawSocket {
  binaryType: string;
  send(data: string | ArrayBuffer | Blob): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: unknown) => void): void;
}

type RawSocketClass = new (url: string, protocols: string | string[]) => RawSocket;

const IN_ORDER = [1000, 1001, 1005];

/** Makes the function of an operation that opens a WebSocket. */
export function webSocket<Args extends unknown[], Outgoing, Incoming>(
  transport: Transport,
  route: Pick<CallPlan, "id" | "path" | "values">,
  sends: MessageKind,
  receives: MessageKind,
): ApiSocketFunction<Args, Outgoing, Incoming> {
  return (...args) => {
    const takesInput = route.values.length > 0;
    const [input, options] = takesInput ? args : [undefined, args[0]];
    const { protocols = [], signal } = (options ?? {}) as SocketOptions;
    const url = socketUrl(transport.baseUrl + pathOf(route, (input ?? {}) as InputValues));
    const given = transport.options.webSocket;
    const known = given ?? (globalThis as { WebSocket?: unknown }).WebSocket;
    if (typeof known !== "function") {
      throw new TypeError("There is no WebSocket here: createClient({ webSocket: ... })");
    }
    const raw = new (known as RawSocketClass)(url, protocols);
    return new TypedSocket<Outgoing, Incoming>(route.id, raw, sends, receives, signal);
  };
}

function socketUrl(url: string): string {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const whole = new URL(url, page);
  whole.protocol = whole.protocol.replace("http", "ws");
  return whole.href;
}

class TypedSocket<Outgoing, Incoming> implements ApiSocket<Outgoing, Incoming> {
  readonly opened: Promise<void>;
  readonly closed: Promise<SocketEnd>;
  private readonly operation: string;
  private readonly raw: RawSocket;
  private readonly sends: MessageKind;
  private readonly receives: MessageKind;
  private readonly waiting: Array<(end?: unknown) => void> = [];
  private readonly arrived: Array<string | ArrayBuffer> = [];
  private early: Array<string | ArrayBuffer | Blob> | undefined = [];
  private end: SocketEnd | undefined;

  constructor(
    operation: string,
    raw: RawSocket,
    sends: MessageKind,
    receives: MessageKind,
    signal: AbortSignal | undefined,
  ) {
    this.operation = operation;
    this.raw = raw;
    this.sends = sends;
    this.receives = receives;
    raw.binaryType = "arraybuffer";
    const stop = (): void => raw.close(1000);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    raw.addEventListener("message", (event) => {
      this.arrived.push((event as { data: string | ArrayBuffer }).data);
      this.waiting.shift()?.();
    });
    this.closed = new Promise((resolve) => {
      const finish = ({ code = 1006, reason = "" }: Partial<SocketEnd>): void => {
        this.end ??= { code, reason };
        signal?.removeEventListener("abort", stop);
        resolve(this.end);
        for (const wake of this.waiting.splice(0)) wake();
      };
      raw.addEventListener("close", (event) => finish(event as SocketEnd));
      // Not every runtime tells of the end of what never began.
      raw.addEventListener("error", () => {
        if (this.early) finish({});
      });
    });
    this.opened = new Promise((resolve, reject) => {
      raw.addEventListener("open", () => {
        for (const message of this.early ?? []) raw.send(message);
        this.early = undefined;
        resolve();
      });
      void this.closed.then((end) => reject(new SocketError(operation, end)));
    });
    // Who does not ask whether it was opened is told by the loop.
    this.opened.catch(() => undefined);
  }

  send(message: Outgoing): void {
    if (this.end) throw new SocketError(this.operation, this.end);
    const isJson = this.sends === "json";
    const data = isJson ? JSON.stringify(message) : (message as string | ArrayBuffer | Blob);
    if (this.early) this.early.push(data);
    else this.raw.send(data);
  }

  async receive(): Promise<Incoming | undefined> {
    while (this.arrived.length === 0) {
      if (this.end) {
        if (IN_ORDER.includes(this.end.code)) return undefined;
        throw new SocketError(this.operation, this.end);
      }
      await new Promise((resolve) => this.waiting.push(resolve));
    }
    const data = this.arrived.shift();
    if (this.receives !== "json") return data as Incoming;
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    return JSON.parse(text) as Incoming;
  }

  close(code = 1000, reason = ""): void {
    this.raw.close(code, reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Incoming, void, undefined> {
    for (;;) {
      const message = await this.receive();
      if (message === undefined) return;
      yield message;
    }
  }
}
