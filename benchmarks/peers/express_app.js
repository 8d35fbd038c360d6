// Express: its JSON body parser, the order validated by ajv.
import Ajv from "ajv";
import express from "express";
import { order as schema, total } from "./schema.js";

const validate = new Ajv().compile(schema);
const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.json());

app.get("/plaintext", (request, response) => {
  response.type("text/plain").send("Hello, World!");
});
app.get("/json", (request, response) => {
  response.json({ message: "Hello, World!" });
});
app.get("/users/:id", (request, response) => {
  const id = Number(request.params.id);
  if (!Number.isInteger(id)) return response.sendStatus(404);
  response.json({ id, q: request.query.q ?? "" });
});
app.post("/orders/:id", (request, response) => {
  const id = Number(request.params.id);
  if (!Number.isInteger(id)) return response.sendStatus(404);
  if (!validate(request.body)) return response.status(422).json(validate.errors);
  const { customer, items } = request.body;
  response.json({ id, customer, total: total(items), items });
});
app.listen(Number(process.argv[2]), "127.0.0.1");
