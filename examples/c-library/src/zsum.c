#include "zsum.h"

#include <stdlib.h>
#include <zlib.h>

int zsum_of(const void *data, size_t size, struct zsum *facts) {
    uLongf compressed = compressBound(size);
    Bytef *buffer = malloc(compressed);
    if (!buffer || compress2(buffer, &compressed, data, size, Z_BEST_COMPRESSION) != Z_OK) {
        free(buffer);
        return -1;
    }
    free(buffer);
    facts->checksum = crc32_z(0, data, size);
    facts->compressed = compressed;
    return 0;
}
