/** As every help says them; the codes themselves stand with the errors. */
export const EXIT_CODES =
  "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 refused or denied, 5 no daemon";
