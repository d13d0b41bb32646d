/* The search reads pages to quote from them, which browsers allow over http and not from a disk. */
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
