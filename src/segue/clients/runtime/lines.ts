// Answers with a line of JSON for each item.

import type { ApiItems, ApiStreamFunction } from "./streams";
import type { CallPlan, Transport } from "./transport";
import { linesOf } from "./streams";
import { isErrorOf, split } from "./transport";

/** Makes the function of an operation that answers with a line of JSON for each item. */
export function lineStream<Args extends unknown[], Item, Failure>(
  transport: Transport,
  route: CallPlan,
): ApiStreamFunction<Args, ApiItems<Item>, Failure> {
  const call = (...args: Args): ApiItems<Item> => ({
    async *[Symbol.asyncIterator]() {
      const [input, options] = split(route, args);
      for await (const line of linesOf(transport, route, input, options)) {
        if (line.trim()) yield JSON.parse(line) as Item;
      }
    },
  });
  return Object.assign(call, { isError: isErrorOf<Failure>(route.id) });
}
