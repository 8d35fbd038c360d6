// Fastify: JSON Schema in and out, as its manual recommends.
import fastify from "fastify";
import { order, receipt, total } from "./schema.js";

const app = fastify();
const id = { type: "object", properties: { id: { type: "integer" } } };

app.get("/plaintext", (request, reply) => {
  reply.type("text/plain; charset=utf-8").send("Hello, World!");
});
app.get(
  "/json",
  {
    schema: {
      response: {
        200: { type: "object", properties: { message: { type: "string" } } },
      },
    },
  },
  (request, reply) => {
    reply.send({ message: "Hello, World!" });
  },
);
app.get(
  "/users/:id",
  {
    schema: {
      params: id,
      querystring: { type: "object", properties: { q: { type: "string" } } },
      response: {
        200: {
          type: "object",
          properties: { id: { type: "integer" }, q: { type: "string" } },
        },
      },
    },
  },
  (request, reply) => {
    reply.send({ id: request.params.id, q: request.query.q ?? "" });
  },
);
app.post(
  "/orders/:id",
  { schema: { params: id, body: order, response: { 200: receipt } } },
  (request, reply) => {
    const { customer, items } = request.body;
    reply.send({ id: request.params.id, customer, total: total(items), items });
  },
);
await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
