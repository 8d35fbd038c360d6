// The order as JSON Schema: Fastify takes it as it is, Express through ajv.
const item = {
  type: "object",
  required: ["sku", "quantity", "price"],
  properties: {
    sku: { type: "string" },
    quantity: { type: "integer" },
    price: { type: "number" },
  },
};
export const order = {
  type: "object",
  required: ["customer", "items"],
  properties: {
    customer: { type: "string" },
    items: { type: "array", items: item },
    note: { type: ["string", "null"] },
  },
};
export const receipt = {
  type: "object",
  properties: {
    id: { type: "integer" },
    customer: { type: "string" },
    total: { type: "number" },
    items: { type: "array", items: item },
  },
};
export function total(items) {
  let sum = 0;
  for (const item of items) sum += item.quantity * item.price;
  return sum;
}
