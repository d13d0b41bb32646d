#ifndef ZSUM_H
#define ZSUM_H

#include <stddef.h>

struct zsum {
    unsigned long checksum; /* CRC-32 */
    size_t compressed;      /* bytes after compression */
};

/* Compute the facts about `size` bytes. Returns 0, or -1 without enough memory. */
int zsum_of(const void *data, size_t size, struct zsum *facts);

#endif
