/** Answers that are the same every time, and asked for often. */

/** Answers that are kept of one question: what is asked comes from a log, which may hold anything. */
const most = 1_000;

/** The same function, which finds each answer once. */
export function remembered<Answer>(find: (text: string) => Answer): (text: string) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) {
      return found.answer;
    }
    const answer = find(text);
    if (known.size < most) {
      known.set(text, { answer });
    }
    return answer;
  };
}
