// Calls everything that the client of wide_app.py has, and prints what came of it.

import {
  ApiError,
  SocketError,
  TimeoutError,
  UnexpectedAnswerError,
  createClient,
} from "./api.js";
import type { NewThingInput, Thing } from "./api.js";

const inBrowser = "document" in globalThis;
const baseUrl = inBrowser ? "" : (process.argv[2] ?? "");
const api = createClient({
  baseUrl,
  headers: () => Promise.resolve({ authorization: "Bearer token" }),
});
const results: Record<string, unknown> = {};

async function note(name: string, make: () => unknown): Promise<void> {
  try {
    results[name] = await make();
  } catch (error) {
    results[name] = `thrown: ${String(error)}`;
  }
}

const fresh: NewThingInput = { colour: "red", price: "1.5", pet: { type: "dog" } };

await note("thing", () => api.showThing({ id: 7 }));

await note("all values", async () => {
  const found: Thing = await api.showThing({
    id: 7,
    verbose: true,
    colours: ["red", "dark blue"],
    xTraceId: "t-1",
    crumb: "a%b",
  });
  return found.note;
});

await note("cookie", () => api.showThing({ id: 7, crumb: "a; b=c" }));

await note("discriminated", async () => {
  const { pet, place, nick } = await api.showThing({ id: 1 });
  const [x, y] = place;
  return [pet.type === "cat" ? pet.lives : pet.tricks.length, x + y, nick === undefined];
});

await note("not found", async () => {
  try {
    await api.showThing({ id: 404 });
    return "nothing was thrown";
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    return [error.status, error.problem.detail, error.operation, error.message, error.name];
  }
});

await note("input", async () => {
  try {
    const body = { ...fresh, count: 0, colour: "green" } as unknown as NewThingInput;
    await api.makeThing({ body });
    return "nothing was thrown";
  } catch (error) {
    if (!api.makeThing.isError(error) || error.status !== 422) throw error;
    return error.problem.errors?.map((each) => [each.in, each.name]);
  }
});

await note("own problem", async () => {
  try {
    await api.makeThing({ body: { ...fresh, count: 101 } });
    return "nothing was thrown";
  } catch (error) {
    if (api.showThing.isError(error)) return "an error of another operation";
    if (!api.makeThing.isError(error) || error.status !== 409) throw error;
    const left: number = error.problem.left;
    return left;
  }
});

await note("undeclared error", async () => {
  try {
    return await api.broken();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 500) throw error;
    const { problem } = error;
    return [problem.title, typeof problem["request_id"]];
  }
});

await note("absent and null", async () => {
  const absent = await api.makeThing({ body: fresh });
  const empty = await api.makeThing({ body: { ...fresh, note: null } });
  return ["note" in absent, empty.note];
});

await note("answer", async () => {
  const answers = [];
  for (const number of [0, 1]) {
    const answer = await api.maybe.answer({ number });
    if (answer.status === 202) answers.push(answer.data.toUpperCase());
    if (answer.status === 200) answers.push(answer.data.id.toFixed(1));
  }
  const missing = await api.showThing.answer({ id: 404 });
  if (missing.status === 404) answers.push(missing.data.detail);
  answers.push(missing.headers.get("content-type"));
  return answers;
});

await note("no content", async () => {
  const nothing: undefined = await api.delete({ id: 3 });
  return nothing === undefined;
});

await note("path", () => api.readFile({ path: "a b/ü?#%2F/c" }));
await note("path up", () => api.readFile({ path: "a/../b" }));
await note("path of two", () => api.chat({ room: "a/b" }));
await note("path empty", () => api.readFile({ path: "" }));

await note("upload", () =>
  api.photo({
    body: { image: new File(["12345"], "a.png"), caption: "é", tags: ["x", "y"] },
  }),
);
await note("form", () => api.logIn({ body: { name: "ann & bob", stay: true } }));
await note("bytes", async () => {
  const sent = new Uint8Array([1, 2, 255]).buffer;
  const [plain, blob] = [await api.raw({ body: sent }), await api.raw({ body: new Blob([sent]) })];
  return [...new Uint8Array(await plain.arrayBuffer()), blob.size];
});
await note("page", () => api.page());
await note("headers", async () => {
  const call = await api.nothing({ headers: { authorization: "Basic own" } });
  return [(await api.nothing())["authorization"], call["authorization"]];
});

await note("timeout", async () => {
  try {
    return await api.slow({ timeout: 50 });
  } catch (error) {
    return [error instanceof TimeoutError, String(error)];
  }
});
await note("signal", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 50);
  return await api.slow({ signal: controller.signal });
});
await note("signal before", () => api.slow({ signal: AbortSignal.abort(new Error("never")) }));
await note("unexpected", async () => {
  const other = createClient({
    baseUrl,
    fetch: () => Promise.resolve(new Response("<p>", { headers: { "content-type": "text/html" } })),
  });
  try {
    return await other.showThing({ id: 7 });
  } catch (error) {
    return [error instanceof UnexpectedAnswerError, String(error)];
  }
});
await note("no problem document", async () => {
  const other = createClient({
    baseUrl,
    fetch: () => Promise.resolve(new Response("bad gateway", { status: 502 })),
  });
  try {
    return await other.showThing({ id: 7 });
  } catch (error) {
    if (!other.showThing.isError(error) || error.status !== 502) throw error;
    return error.problem.detail;
  }
});
await note("no server", async () => {
  const other = createClient({ baseUrl: "http://127.0.0.1:9" });
  try {
    return await other.page();
  } catch (error) {
    return error instanceof TypeError;
  }
});

await note("lines", async () => {
  const items = [];
  for await (const item of api.lines({ count: 2 })) items.push([item.number, item.text]);
  return items;
});
await note("some lines", async () => {
  for await (const item of api.lines({ count: 1_000_000 })) if (item.number === 5) return item.number;
  return "all";
});
await note("lines error", async () => {
  try {
    for await (const item of api.lines({ count: "x" as unknown as number })) return item;
    return "nothing";
  } catch (error) {
    return api.lines.isError(error) && error.status === 422 && error.problem.errors?.[0]?.name;
  }
});

await note("events", async () => {
  const items = [];
  for await (const item of api.news({ topic: "é" })) items.push(`${item.number}${item.text}`);
  return items;
});
await note("events with ids", async () => {
  const items = [];
  const options = { lastEventId: "2", reconnect: false };
  for await (const { id, event, data } of api.news({ topic: "x" }, options).events()) {
    items.push([id, event, data.number]);
  }
  return items;
});
await note("events after a break", async () => {
  let connections = 0;
  const other = createClient({
    baseUrl,
    fetch: async (...args) => {
      connections += 1;
      if (connections > 1) return fetch(...args);
      const whole = await (await fetch(...args)).text();
      const [first = ""] = whole.split("id: 1");
      let sent = false;
      const body = new ReadableStream({
        pull(controller) {
          if (sent) controller.error(new TypeError("terminated"));
          else controller.enqueue(new TextEncoder().encode(first));
          sent = true;
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const numbers = [];
  for await (const item of other.news({})) numbers.push(item.number);
  return [...numbers, connections];
});
/** A client whose answers are these bytes, in pieces of a size. */
function clientOf(bytes: Uint8Array<ArrayBuffer>, size: number, type: string, asked: string[] = []) {
  return createClient({
    baseUrl,
    fetch: (_, init) => {
      asked.push(new Headers(init?.headers).get("last-event-id") ?? "");
      let start = 0;
      const body = new ReadableStream({
        pull(controller) {
          if (start >= bytes.length) controller.close();
          else controller.enqueue(bytes.subarray(start, start + size));
          start += size;
        },
      });
      return Promise.resolve(new Response(body, { headers: { "content-type": type } }));
    },
  });
}

await note("events in pieces of any size", async () => {
  const text =
    "\uFEFF:comment\r\ndata: {\r\ndata:\"number\":1,\ndata:  \"text\":\"é\u2028🎈\"}\rid: a\u0000b\r\r" +
    "retry: soon\nevent: x\nunknown: y\n\nid\ndata: {\"number\": 2, \"text\": \"\"}\n\r\n" +
    "data: {\"number\": 3, \"text\": \"never ended\"}";
  const bytes = new TextEncoder().encode(text);
  const seen = new Set<string>();
  for (let size = 1; size < bytes.length; size += 1) {
    const events = [];
    const options = { reconnect: false };
    const client = clientOf(bytes, size, "text/event-stream;charset=utf-8");
    for await (const event of client.news({}, options).events()) events.push(event);
    seen.add(JSON.stringify(events));
  }
  return [...seen].map((each) => JSON.parse(each) as unknown);
});
await note("events that only begin to go on", async () => {
  const asked: string[] = [];
  const bytes = new TextEncoder().encode("id: 7\nretry: 1\ndata: {}\n\nid: 8\ndata: {}\n");
  const client = clientOf(bytes, 100, "text/event-stream", asked);
  for await (const item of client.news()) {
    void item;
    if (asked.length === 3) break;
  }
  return asked;
});
await note("events that are no JSON", async () => {
  const bytes = new TextEncoder().encode("data: {\n\n");
  try {
    for await (const item of clientOf(bytes, 100, "text/event-stream").news()) return item;
    return "nothing";
  } catch (error) {
    return error instanceof SyntaxError;
  }
});
await note("lines of windows without an end", async () => {
  const bytes = new TextEncoder().encode('{"number":1}\r\n\r\n{"number":2}');
  const numbers = [];
  for await (const item of clientOf(bytes, 3, "application/jsonl").lines()) numbers.push(item.number);
  return numbers;
});
await note("a stream of another type", async () => {
  try {
    for await (const item of clientOf(new Uint8Array(), 1, "text/html").lines()) return item;
    return "nothing";
  } catch (error) {
    return String(error);
  }
});

await note("events error", async () => {
  try {
    for await (const item of api.news({ topic: "none" })) return item;
    return "nothing";
  } catch (error) {
    return api.news.isError(error) && error.status === 404 && error.problem.detail;
  }
});
await note("events stopped", async () => {
  const controller = new AbortController();
  const numbers = [];
  for await (const item of api.news({}, { signal: controller.signal })) {
    numbers.push(item.number);
    if (item.number === 2) controller.abort(new Error("enough"));
  }
  return numbers;
});

await note("socket", async () => {
  const socket = api.chat({ room: "a b", loud: true });
  socket.send({ text: "hello" });
  await socket.opened;
  const first = await socket.receive();
  const texts = [first?.text, first?.room];
  socket.send({ text: "again" });
  socket.send({ text: "bye" });
  for await (const said of socket) texts.push(said.text);
  return [...texts, await socket.closed];
});
await note("socket of bytes", async () => {
  const socket = api.echo();
  socket.send(new Uint8Array([1, 2, 3]).buffer);
  const data = await socket.receive();
  socket.close();
  return [...new Uint8Array(data ?? new ArrayBuffer(0)), (await socket.closed).code];
});
await note("socket of a wrong type", async () => {
  const socket = api.chat({ room: "a" });
  socket.send({ say: "hello" } as unknown as { text: string });
  try {
    for await (const said of socket) return said;
    return "closed";
  } catch (error) {
    return error instanceof SocketError && error.code;
  }
});
await note("socket that is not there", async () => {
  const socket = createClient({ baseUrl: `${baseUrl}/no` }).echo();
  try {
    await socket.opened;
    return "opened";
  } catch (error) {
    return error instanceof SocketError;
  }
});
await note("socket stopped", async () => {
  const controller = new AbortController();
  const socket = api.chat({ room: "a" }, { signal: controller.signal });
  await socket.opened;
  controller.abort();
  for await (const said of socket) return said;
  return "closed";
});

if (inBrowser) Object.assign(globalThis, { results: JSON.stringify(results) });
else {
  console.log(JSON.stringify(results));
  process.exit(0);
}
