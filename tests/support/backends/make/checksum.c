#include <stdio.h>
#include <string.h>
#include <zlib.h>

int main(int argc, char **argv) {
    printf("%08lx\n", crc32(0, (const Bytef *)argv[1], strlen(argv[1])));
    return argc - 2;
}
