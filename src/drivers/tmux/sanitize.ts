/**
 * Text as it may be pasted: LF line ends, no control but tab and newline. An ESC could end the paste
 * early (`ESC[201~`) and act as keys; C1 controls are read as ESC sequences by some terminals.
 */
export function sanitizePaste(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\u001B\[20[01]~/g, "")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
