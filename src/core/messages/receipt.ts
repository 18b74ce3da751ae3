/** Whether a prompt that an agent tells of is the text that was typed for a message. Pure. */

/** Composers wrap, trim and re-encode what is pasted: only what is seen is compared. */
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]/gu;
/** Shorter ones are a part of too many texts. */
const LONG_ENOUGH = 12;

/** The same text, or one into which a person's draft or another message was merged. */
export function isReceiptOf(prompt: string, typed: string): boolean {
  const told = prompt.replaceAll(UNSEEN, "");
  const ours = typed.replaceAll(UNSEEN, "");
  if (ours === "") return false;
  return told === ours || (ours.length >= LONG_ENOUGH && told.includes(ours));
}
