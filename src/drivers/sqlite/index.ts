export { type JournalSnapshot, snapshotJournal } from "./audit-journal.ts";
export { openStores, type Stores } from "./stores.ts";
