/** A passphrase that nobody guesses and everybody can copy by hand. */

/** Without what is easily taken for something else: 0 O o, 1 I l, and the like. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const GROUPS = 5;
const OF = 4;

/** Five groups of four of 55 letters: 115 bits. */
export function makePassphrase(): string {
  return Array.from({ length: GROUPS }, () => Array.from({ length: OF }, letter).join('')).join('-');
}

function letter(): string {
  const fair = 256 - (256 % LETTERS.length);
  for (;;) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < fair) return LETTERS.charAt(byte % LETTERS.length);
  }
}
