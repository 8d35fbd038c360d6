// Bare node:http, the four requests by hand.
import { createServer } from "node:http";
import { total } from "./schema.js";

function valid(order) {
  if (typeof order !== "object" || order === null) return false;
  if (typeof order.customer !== "string" || !Array.isArray(order.items)) return false;
  const note = order.note;
  if (note !== undefined && note !== null && typeof note !== "string") return false;
  for (const item of order.items) {
    if (typeof item !== "object" || item === null) return false;
    if (typeof item.sku !== "string" || typeof item.price !== "number") return false;
    if (!Number.isInteger(item.quantity)) return false;
  }
  return true;
}

function send(response, status, type, body) {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

const json = (response, data) =>
  send(response, 200, "application/json", JSON.stringify(data));

createServer((request, response) => {
  const mark = request.url.indexOf("?");
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  if (path === "/plaintext" && request.method === "GET") {
    send(response, 200, "text/plain; charset=utf-8", "Hello, World!");
  } else if (path === "/json" && request.method === "GET") {
    json(response, { message: "Hello, World!" });
  } else if (path.startsWith("/users/") && request.method === "GET") {
    const id = Number(path.slice(7));
    if (!Number.isInteger(id)) return send(response, 404, "text/plain", "Not Found");
    const query = new URLSearchParams(mark < 0 ? "" : request.url.slice(mark + 1));
    json(response, { id, q: query.get("q") ?? "" });
  } else if (path.startsWith("/orders/") && request.method === "POST") {
    const id = Number(path.slice(8));
    if (!Number.isInteger(id)) return send(response, 404, "text/plain", "Not Found");
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      let order;
      try {
        order = JSON.parse(Buffer.concat(chunks).toString());
      } catch {
        return send(response, 400, "text/plain", "Bad Request");
      }
      if (!valid(order)) return send(response, 422, "text/plain", "Invalid");
      const { customer, items } = order;
      json(response, { id, customer, total: total(items), items });
    });
  } else {
    send(response, 404, "text/plain", "Not Found");
  }
}).listen(Number(process.argv[2]), "127.0.0.1");
