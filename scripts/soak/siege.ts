import { attacks, besiege, wrongWords } from '../../test/webhook/attacks.ts';
import type { Server } from '../../test/webhook/client.ts';
import { createPause, type Repeated, repeat } from './repeat.ts';
import type { Tally } from './tally.ts';

/** How long slow senders and silent connections of a round are kept, in milliseconds: some until they are cut off. */
const roundMs = 12_000;

/** Reviews in a round of which it is not known how many are answered before the connection ends. */
const reviewsInRound = attacks.reduce((sum, { reviews = 0 }) => sum + reviews, 0);

/** Does to the port whatever there is to be done to it, once in each round, until it is stopped. */
export function startSiege(server: Server, tally: Tally): Repeated {
  const pause = createPause();
  const round = async () => {
    tally.mayHaveAnswered(reviewsInRound);
    const siege = await besiege(server, () => 1);
    await pause.rest(roundMs);
    for (const words of wrongWords(siege.said())) tally.fault(`the port answered ${words}`);
    siege.end();
  };
  const rounds = repeat(1_000, round, ({ message }) => tally.fault(`an attack failed: ${message}`));
  return {
    stop() {
      pause.end();
      return rounds.stop();
    },
  };
}
