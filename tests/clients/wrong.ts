// Each line marked here must not compile: it is what the types are for.

import { ApiError, createClient } from "./api.js";

const api = createClient();

export async function wrong(): Promise<void> {
  // @ts-expect-error a value that must be there
  await api.showThing({});
  // @ts-expect-error a value of another type
  await api.showThing({ id: "7" });
  // @ts-expect-error a value that nobody reads
  await api.showThing({ id: 7, verbos: true });
  // @ts-expect-error no member of the enum
  await api.showThing({ id: 7, colours: ["green"] });
  // @ts-expect-error absent is not undefined
  await api.makeThing({ body: { colour: "red", price: 1, pet: { type: "dog" }, note: undefined } });
  // @ts-expect-error the tag says that it is a dog
  await api.makeThing({ body: { colour: "red", price: 1, pet: { type: "dog", lives: 9 } } });
  const found = await api.showThing({ id: 7 });
  // @ts-expect-error it may be null
  found.note.length;
  // @ts-expect-error dates stay texts
  found.made.getTime();
  const answer = await api.maybe.answer({ number: 1 });
  // @ts-expect-error nobody has asked for the status
  answer.data.id;
  // @ts-expect-error the key may not be there
  found.counts["a"].toFixed();
  try {
    await api.makeThing({ body: { colour: "red", price: 1, pet: { type: "dog" } } });
  } catch (error) {
    // @ts-expect-error only a 409 has it
    if (error instanceof ApiError) error.problem.left;
    // @ts-expect-error this operation has no status 418
    if (api.makeThing.isError(error) && error.status === 418) throw error;
  }
  // @ts-expect-error messages have a type
  api.chat({ room: "a" }).send({ texts: "hello" });
  // @ts-expect-error a file, not its name
  await api.photo({ body: { image: "a.png" } });
}
