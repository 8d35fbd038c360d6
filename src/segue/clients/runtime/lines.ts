// Answers with a line of JSON for each item.

import type { Items, StreamOperation } from "./streams";
import type { Route, Transport } from "./transport";
import { linesOf } from "./streams";
import { isErrorOf, split } from "./transport";

/** Makes the function of an operation that answers with a line of JSON for each item. */
export function lineStream<Args extends unknown[], Item, Failure>(
  transport: Transport,
  route: Route,
): StreamOperation<Args, Items<Item>, Failure> {
  const call = (...args: Args): Items<Item> => ({
    async *[Symbol.asyncIterator]() {
      const [input, options] = split(route, args);
      for await (const line of linesOf(transport, route, input, options)) {
        if (line.trim()) yield JSON.parse(line) as Item;
      }
    },
  });
  return Object.assign(call, { isError: isErrorOf<Failure>(route.id) });
}
