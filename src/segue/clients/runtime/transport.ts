// How a call becomes a request, and an answer a value or an error.
//
// Nothing here knows the API: each operation is described by a `CallPlan`, and what it
// takes and gives is in its type only.

/** Headers by name. */
export type HeaderMap = Readonly<Record<string, string>>;

/** How a client reaches the API. */
export interface ClientOptions {
  /** Where the API is, without a slash at the end. */
  readonly baseUrl?: string | undefined;
  /** SentRequest with every request; a function is asked before each of them. */
  readonly headers?: HeaderMap | (() => HeaderMap | Promise<HeaderMap>) | undefined;
  /** Takes the place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Passed to each `fetch`: `{ credentials: "include" }` for example. */
  readonly init?: Omit<RequestInit, "body" | "headers" | "method" | "signal"> | undefined;
  /** Milliseconds after which a call without an answer fails; none by default. */
  readonly timeout?: number | undefined;
  /** Takes the place of the global `WebSocket`, which Node has from version 22 on. */
  readonly webSocket?: unknown;
}

/** What one call may say for itself. */
export interface CallOptions {
  /** Ends the call from outside. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, in place of the client's. */
  readonly timeout?: number | undefined;
  /** SentRequest besides those of the client. */
  readonly headers?: HeaderMap | undefined;
}

/** One function of the API. */
export interface ApiFunction<Args extends unknown[], Output, Answers, Failure> {
  /** Gives what the API answers; every status from 400 on is thrown as `ApiError`. */
  (...args: Args): Promise<Output>;
  /** Gives each declared answer with its status, those from 400 on too. */
  answer(...args: Args): Promise<Answers>;
  /** Tells whether something that was thrown is an error of this operation. */
  isError(error: unknown): error is Failure;
}

/** One answer: `status` tells which type `data` has. */
export interface ApiAnswer<Status extends number, Data> {
  readonly status: Status;
  readonly data: Data;
  readonly headers: Headers;
}

/** A problem document, RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly [member: string]: unknown;
}

/** Statuses of errors that have a name. */
export type ErrorStatus =
  | 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413
  | 414 | 415 | 416 | 417 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451
  | 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 511;

/** Statuses of answers that are no errors. */
export type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226;

/** An answer from 400 on, thrown. `ApiError` is the union of all that there are. */
export class HttpError<Status extends number, Data> extends Error {
  override readonly name = "ApiError";
  /** The id of the operation that was called. */
  readonly operation: string;
  readonly status: Status;
  /** The document that came with it. */
  readonly problem: Data;
  readonly headers: Headers;

  constructor(operation: string, status: Status, problem: Data, headers: Headers) {
    const { title, detail } = problem as { title?: unknown; detail?: unknown };
    super(`${operation}: ${[status, detail ?? title ?? ""].join(" ").trim()}`);
    this.operation = operation;
    this.status = status;
    this.problem = problem;
    this.headers = headers;
  }
}

/** No answer came in time. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** An answer came that the document of the API does not know. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
  readonly response: Response;

  constructor(operation: string, response: Response, what: string) {
    super(`${operation}: ${response.status} ${what}`);
    this.response = response;
  }
}

type ValuePlace = "path" | "rest" | "query" | "header" | "cookie";
type BodyKind = "json" | "bytes" | "text" | "form" | "multipart";
type DataKind = "json" | "text" | "blob" | "none" | "any";

/** How an operation is called. */
export interface CallPlan {
  readonly id: string;
  readonly method: string;
  /** With `{name}` for each value in it. */
  readonly path: string;
  /** Where a value goes, its name there, its name in the input. */
  readonly values: ReadonlyArray<readonly [ValuePlace, string, string]>;
  readonly body?: BodyKind;
  /** The media type of the body, where `body` does not say it. */
  readonly bodyType?: string;
  readonly accept: string;
  /** What comes with which status; `2XX` and `default` stand for the rest. */
  readonly answers: ReadonlyArray<readonly [string, DataKind]>;
}

/** The values of a call by their names. */
export type InputValues = Readonly<Record<string, unknown>>;

/** A request whose answer has begun. */
export interface SentRequest {
  readonly response: Response;
  /** Aborted when the caller wants no more of it, or time is up. */
  readonly signal: AbortSignal;
  /** Stops the clock: the head of an answer that streams has come. */
  readonly arrived: () => void;
  /** Lets go of clock and signal, when the body was read. */
  readonly done: () => void;
}

/** Sends requests for all operations of one client. */
export class Transport {
  readonly baseUrl: string;
  readonly options: ClientOptions;

  constructor(options: ClientOptions, baseUrl: string) {
    this.options = options;
    this.baseUrl = (options.baseUrl ?? baseUrl).replace(/\/+$/, "");
  }

  /** Makes the function of an operation. */
  operation<Args extends unknown[], Output, Answers, Failure>(
    route: CallPlan,
  ): ApiFunction<Args, Output, Answers, Failure> {
    const call = async (...args: Args): Promise<Output> => {
      const answer = await this.call(route, args);
      if (answer.status >= 400) {
        throw new HttpError(route.id, answer.status, answer.data, answer.headers);
      }
      return answer.data as Output;
    };
    const answer = (...args: Args): Promise<Answers> =>
      this.call(route, args) as Promise<Answers>;
    return Object.assign(call, { answer, isError: isErrorOf<Failure>(route.id) });
  }

  private async call(route: CallPlan, args: unknown[]): Promise<ApiAnswer<number, unknown>> {
    const [input, options] = split(route, args);
    const sent = await this.send(route, input, options);
    const { response } = sent;
    try {
      const data = await read(route, response);
      return { status: response.status, data, headers: response.headers };
    } finally {
      sent.done();
    }
  }

  /** Sends a request and waits for the head of its answer. */
  async send(
    route: CallPlan,
    input: InputValues,
    options: CallOptions,
    more: HeaderMap = {},
  ): Promise<SentRequest> {
    const controller = new AbortController();
    const { signal } = options;
    const follow = (): void => controller.abort(signal?.reason);
    if (signal?.aborted) follow();
    signal?.addEventListener("abort", follow, { once: true });
    const timeout = options.timeout ?? this.options.timeout;
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            const words = `${route.id}: no answer within ${timeout} ms`;
            controller.abort(new TimeoutError(words));
          }, timeout);
    const arrived = (): void => clearTimeout(timer);
    const done = (): void => {
      arrived();
      signal?.removeEventListener("abort", follow);
    };
    try {
      const url = this.baseUrl + pathOf(route, input);
      const init = await this.init(route, input, { ...options.headers, ...more });
      controller.signal.throwIfAborted();
      const fetch = this.options.fetch ?? globalThis.fetch;
      const response = await fetch(url, { ...init, signal: controller.signal });
      return { response, signal: controller.signal, arrived, done };
    } catch (error) {
      done();
      throw controller.signal.aborted ? controller.signal.reason : error;
    }
  }

  private async init(
    route: CallPlan,
    input: InputValues,
    more: HeaderMap,
  ): Promise<RequestInit> {
    const given = this.options.headers;
    const common = typeof given === "function" ? await given() : given;
    const headers = new Headers({ accept: route.accept });
    for (const [name, value] of headersOf(route, input)) headers.set(name, value);
    for (const [name, value] of Object.entries({ ...common, ...more })) {
      headers.set(name, value);
    }
    const init = { ...this.options.init, method: route.method, headers };
    const body = own(input, "body");
    if (route.body === undefined || body === undefined) return init;
    if (route.bodyType !== undefined) headers.set("content-type", route.bodyType);
    return { ...init, body: encoded(route.body, body) };
  }
}

/** Makes the function that knows the errors of one operation. */
export function isErrorOf<Failure>(id: string): (error: unknown) => error is Failure {
  return (error): error is Failure => error instanceof HttpError && error.operation === id;
}

/** Takes the arguments of a call apart: no input is asked of some operations. */
export function split(route: CallPlan, args: unknown[]): [InputValues, CallOptions] {
  const takesInput = route.values.length > 0 || route.body !== undefined;
  const [input, options] = takesInput ? args : [undefined, args[0]];
  return [(input ?? {}) as InputValues, (options ?? {}) as CallOptions];
}

/** Writes the path and the query of a request. */
export function pathOf(
  route: Pick<CallPlan, "id" | "path" | "values">,
  input: InputValues,
): string {
  const path = route.path.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const [place = "path", , key = name] =
      route.values.find((each) => /path|rest/.test(each[0]) && each[1] === name) ?? [];
    return segment(route.id, name, own(input, key), place === "rest");
  });
  const query = new URLSearchParams();
  for (const [place, name, key] of route.values) {
    if (place !== "query") continue;
    for (const text of texts(own(input, key))) query.append(name, text);
  }
  const written = query.toString();
  return written ? `${path}?${written}` : path;
}

/** Writes one value of a path; only a `rest` may have slashes. */
function segment(id: string, name: string, value: unknown, isRest: boolean): string {
  const text = texts(value).join(",");
  const parts = text.split(/[/\\]/);
  // A path with these is another one by the time it is read.
  const leads = parts.some((part) => part === "." || part === "..");
  if (text === "" || leads || (parts.length > 1 && !isRest)) {
    throw new TypeError(`${id}: the path cannot have ${JSON.stringify(text)} as ${name}`);
  }
  return encodeURIComponent(text).replace(/%2F/g, "/");
}

function* headersOf(route: CallPlan, input: InputValues): Generator<[string, string]> {
  const cookies: string[] = [];
  for (const [place, name, key] of route.values) {
    const found = texts(own(input, key));
    if (found.length === 0) continue;
    if (place === "header") yield [name, found.join(", ")];
    if (place === "cookie") cookies.push(`${name}=${cookieText(route.id, name, found)}`);
  }
  if (cookies.length > 0) yield ["cookie", cookies.join("; ")];
}

function cookieText(id: string, name: string, found: string[]): string {
  const text = found.join(",");
  if (/^[!#-+\--:<-[\]-~]*$/.test(text)) return text;
  throw new TypeError(`${id}: the cookie ${name} cannot be ${JSON.stringify(text)}`);
}

function own(input: InputValues, key: string): unknown {
  return Object.hasOwn(input, key) ? input[key] : undefined;
}

/** Writes a value as texts: one for each of a list, none for what is absent. */
function texts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(texts);
  return [typeof value === "object" ? JSON.stringify(value) : String(value)];
}

function encoded(
  kind: BodyKind,
  body: unknown,
): Blob | ArrayBuffer | FormData | URLSearchParams | string {
  if (kind === "json") return JSON.stringify(body);
  if (kind === "bytes" || kind === "text") return body as Blob | ArrayBuffer | string;
  const fields = Object.entries(body as InputValues).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each: unknown) => [name, each] as const),
  );
  const hasFile = fields.some(([, value]) => value instanceof Blob);
  const form = kind === "multipart" || hasFile ? new FormData() : new URLSearchParams();
  for (const [name, value] of fields) {
    if (form instanceof FormData && value instanceof Blob) form.append(name, value);
    else for (const text of texts(value)) form.append(name, text);
  }
  return form;
}

async function read(route: CallPlan, response: Response): Promise<unknown> {
  if (response.status >= 400) return problemOf(response);
  const kind = kindOf(route, response.status);
  if (kind === "none" || response.status === 204) {
    await response.body?.cancel();
    return undefined;
  }
  if (kind === undefined) {
    await response.body?.cancel();
    throw new UnexpectedAnswerError(route.id, response, "is no declared answer");
  }
  const type = response.headers.get("content-type") ?? "";
  const isJson = /^application\/([^;]+\+)?json\b/.test(type);
  if (kind === "json" || (kind === "any" && isJson)) {
    if (!isJson) {
      await response.body?.cancel();
      throw new UnexpectedAnswerError(route.id, response, `came as ${type || "nothing"}`);
    }
    return response.json();
  }
  const isText = kind === "text" || (kind === "any" && type.startsWith("text/"));
  return isText ? response.text() : response.blob();
}

function kindOf(route: CallPlan, status: number): DataKind | undefined {
  if (route.answers.length === 0) return "any";
  const names = [String(status), `${Math.floor(status / 100)}XX`, "default"];
  for (const name of names) {
    const found = route.answers.find((each) => each[0] === name);
    if (found) return found[1];
  }
  return undefined;
}

/** Reads the document of an error; other answers are put into one. */
export async function problemOf(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  const text = await response.text();
  if (/^application\/([^;]+\+)?json\b/.test(type)) {
    try {
      const document: unknown = JSON.parse(text);
      if (typeof document === "object" && document !== null) return document;
    } catch {
      // What claims to be JSON and is not is treated like any other text.
    }
  }
  const title = response.statusText || `Status ${response.status}`;
  const problem: ProblemDocument = { type: "about:blank", title, status: response.status };
  return text ? { ...problem, detail: text.slice(0, 2000) } : problem;
}
